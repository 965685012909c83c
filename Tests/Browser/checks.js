// What a page must be for everybody, as a list of complaints: labels, names, headings, contrast, width.
const complaints = [];
const isShown = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
  && element.getClientRects().length > 0 && !element.closest('.hidden, .skip, dialog:not([open]), [aria-hidden=true]');
const tell = (what, element) => complaints.push(`${what}: ${element.outerHTML.slice(0, 160).replace(/\s+/g, ' ')}`);
const nameOf = element => (element.getAttribute('aria-label') || element.textContent || element.getAttribute('title') || '').trim()
  || [...element.querySelectorAll('img[alt]')].map(image => image.alt).join('').trim();

for (const input of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
  if (!input.labels.length && !input.getAttribute('aria-label')) tell('no label', input);
}
for (const element of document.querySelectorAll('a[href], button, summary')) if (!element.closest('[aria-hidden=true]') && !nameOf(element)) tell('no name', element);
for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) tell('no alt', image);
for (const image of document.querySelectorAll('svg[role=img]')) {
  if (!(image.getAttribute('aria-labelledby') || '').split(' ').every(id => document.getElementById(id)?.textContent.trim())) tell('no words for a picture', image);
}
for (const cell of document.querySelectorAll('th')) if (!cell.scope) tell('a head without scope', cell);
for (const region of document.querySelectorAll('[aria-labelledby]')) {
  if (!document.getElementById(region.getAttribute('aria-labelledby'))) tell('labelled by nothing', region);
}
const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
for (const id of ids.filter((id, place) => ids.indexOf(id) !== place)) complaints.push(`the id ${id} stands twice`);
if (!document.documentElement.lang) complaints.push('the page has no language');
for (const landmark of ['header', 'main', 'nav']) if (!document.querySelector(landmark)) complaints.push(`no ${landmark}`);
if (document.querySelectorAll('main').length !== 1) complaints.push('not one main');

let level = 0;
const headings = [...document.querySelectorAll('h1, h2, h3, h4')].filter(isShown);
if (headings.filter(heading => heading.localName === 'h1').length !== 1) complaints.push('not one h1');
for (const heading of headings) {
  const own = Number(heading.localName[1]);
  if (own > level + 1) tell('a heading leaves a level out', heading);
  level = own;
}

const parse = text => (text.match(/[\d.]+/g) || []).map(Number);
const over = (top, under) => [0, 1, 2].map(i => top[i] * (top[3] ?? 1) + under[i] * (1 - (top[3] ?? 1)));
const ground = element => {
  const layers = [];
  for (let at = element; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    layers.push(colour);
    if ((colour[3] ?? 1) === 1) break;
  }
  return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
};
const light = rgb => rgb.map(value => value / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
const judge = (element, style, what) => {
  const under = ground(element);
  const ratio = contrast(over(parse(style.color), under), under);
  const size = parseFloat(style.fontSize);
  const least = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700 ? 3 : 4.5;
  if (ratio < least) tell(`${what} has a contrast of ${ratio.toFixed(2)}`, element);
};
let texts = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !isShown(element) || element.closest('svg, script')) continue;
  texts += 1;
  judge(element, getComputedStyle(element), 'text');
}
for (const input of document.querySelectorAll('input[placeholder]')) if (isShown(input)) judge(input, getComputedStyle(input, '::placeholder'), 'a hint');
if (texts < 10) complaints.push(`only ${texts} texts were seen`);
if (document.documentElement.scrollWidth > innerWidth) complaints.push(`${document.documentElement.scrollWidth} px wide on ${innerWidth}`);
return complaints;
