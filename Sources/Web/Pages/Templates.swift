/// The pages' HTML, as Mustache. `{{…}}` is escaped by `HTMLText`; nothing here takes text unescaped.
/// A region (`data-region`) is what the script makes anew when something has changed.
enum Templates {
  static let frame = [
    "head": #"""
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{{frame.title}}</title>
    <link rel="icon" href="{{frame.icon}}" type="image/svg+xml">
    <link rel="stylesheet" href="{{frame.style}}">
    <script type="module" src="{{frame.script}}"></script>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header class="bar">
    <a class="brand" href="/"><img src="{{frame.icon}}" alt="" width="28" height="28"><span>hawker</span></a>
    <span class="shop"><bdi>{{frame.shop}}</bdi></span>
    <nav aria-label="Pages" id="nav" data-region>
    {{#frame.nav}}<a href="{{href}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{label}}{{#count}} <span class="count">{{count}}</span>{{/count}}</a>
    {{/frame.nav}}
    </nav>
    <p class="link" id="link" role="status" data-state="still">Reload for news</p>
    {{#frame.isLoggedIn}}<form method="post" action="/logout"><input type="hidden" name="csrf" value="{{frame.csrf}}"><button class="quiet">Log out</button></form>{{/frame.isLoggedIn}}
    </header>
    <div id="flash" data-region aria-live="polite">{{#frame.flash}}<p class="flash {{tone}}" id="answer" tabindex="-1">{{text}}</p>{{/frame.flash}}</div>

    """#,

    "foot": #"""
    <footer><p>hawker keeps this shop in step with its files. Times are shown in your time zone where scripts run, else in UTC.</p></footer>
    <dialog id="ask" aria-labelledby="ask-title" aria-describedby="ask-text">
    <form method="dialog">
    <h2 id="ask-title">Are you sure?</h2>
    <p id="ask-text"></p>
    <p class="buttons"><button value="no" class="quiet" autofocus>Leave it</button><button value="yes" class="danger" id="ask-yes">Do it</button></p>
    </form>
    </dialog>
    </body>
    </html>

    """#,

    "time": #"<time datetime="{{iso}}">{{text}}</time>"#,

    "state": #"<span class="state {{tone}}"><i aria-hidden="true"></i>{{label}}</span>"#,

    "cover": #"""
    {{#cover}}<img class="cover" src="{{cover}}" alt="" loading="lazy" decoding="async">{{/cover}}
    {{^cover}}<span class="cover none" aria-hidden="true"><svg viewBox="0 0 24 24" width="28" height="28"><path d="M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01"/></svg></span>{{/cover}}
    """#,

    "move": #"""
    <form class="move" method="post" action="/decisions" id="{{id}}"{{#confirm}} data-confirm="{{confirm}}"{{/confirm}}>
    <input type="hidden" name="csrf" value="{{frame.csrf}}"><input type="hidden" name="back" value="{{frame.back}}">
    <input type="hidden" name="decision" value="{{decision}}">{{#fields}}<input type="hidden" name="{{name}}" value="{{value}}">{{/fields}}
    {{#inputs}}<label>{{label}} {{#isChosen}}<select name="{{name}}">{{#choices}}<option value="{{value}}">{{label}}</option>{{/choices}}</select>{{/isChosen}}{{^isChosen}}<input type="text" name="{{name}}" inputmode="{{mode}}" placeholder="{{hint}}" autocomplete="off" maxlength="200"{{#isRequired}} required{{/isRequired}}>{{/isChosen}}</label>{{/inputs}}
    <button class="{{#isMain}}main{{/isMain}}{{#isDangerous}} danger{{/isDangerous}}">{{label}}</button>
    </form>
    """#,
  ]
}
