/// How the pages look: two columns that become one, light and dark, a word beside every colour.
enum Style {
  static let icon = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1c6b52"/>\
    <path d="M7 11h18l2 5a3 3 0 0 1-5.5 1.2 3 3 0 0 1-5.5 0 3 3 0 0 1-5.5 0A3 3 0 0 1 5 16z" fill="#fff"/>\
    <path d="M8.5 20v6h15v-6" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round"/></svg>
    """

  static let text = colours + ground + bar + panels + parts + cards + listing + small

  /// For a page with one card alone.
  static let plain = colours + ground + alone

  private static let alone = #"""
    main.card { max-width: 26rem; margin: 12vh auto; padding: 1.75rem; border: 1px solid var(--line); border-radius: var(--radius); background: var(--card); box-shadow: var(--shadow); }
    main > * + * { margin-top: 1rem; }
    form { display: grid; gap: .6rem; }
    form button { min-height: 2.75rem; text-align: left; }
    form button.main { text-align: center; }
    input { min-height: 2.75rem; padding: .35rem .7rem; border: 1px solid var(--edge); border-radius: 8px; background: var(--card); min-width: 0; }
    @media (max-width: 30rem) { main.card { margin: 1rem; } }

    """#

  private static let colours = #"""
    :root {
      color-scheme: light dark;
      --ground: #f5f5f2; --card: #fff; --well: #efefeb; --line: #e1e1db; --edge: #8b8e88; --ink: #1a1c1b; --soft: #5a5f5c;
      --accent: #1c6b52; --on-accent: #fff;
      --good: #17693f; --good-bg: #e2f2e8; --busy: #1f51b5; --busy-bg: #e5edfc; --wait: #7c4a00; --wait-bg: #fcefd5;
      --bad: #a8201a; --bad-bg: #fce6e3; --idle: #5a5f5c; --idle-bg: #ecece8;
      --shadow: 0 1px 2px rgb(20 25 22 / .05), 0 2px 8px rgb(20 25 22 / .04); --radius: 12px;
      --sans: "Inter", ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
      --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #131514; --card: #1c1f1e; --well: #272b29; --line: #323735; --edge: #7f8682; --ink: #eceeec; --soft: #a5aca8;
        --accent: #6fd0ad; --on-accent: #0c2b20;
        --good: #74d49b; --good-bg: #173425; --busy: #9dbdff; --busy-bg: #1b2b4e; --wait: #f2bf6a; --wait-bg: #3a2b10;
        --bad: #ff9b92; --bad-bg: #47201d; --idle: #a5aca8; --idle-bg: #2a2e2c;
        --shadow: none;
      }
    }

    """#

  private static let ground = #"""
    *, ::before, ::after { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; scroll-padding-top: 5rem; }
    body { margin: 0; background: var(--ground); color: var(--ink); font: 400 .9375rem/1.5 var(--sans); }
    h1, h2, h3, p, figure, dl, dd { margin: 0; }
    h1 { font-size: 1.625rem; line-height: 1.2; font-weight: 650; letter-spacing: -.02em; overflow-wrap: anywhere; }
    h2 { font-size: 1.0625rem; line-height: 1.3; font-weight: 620; letter-spacing: -.01em; }
    h3 { font-size: .9375rem; line-height: 1.35; font-weight: 600; }
    a { color: inherit; text-decoration-color: var(--edge); text-underline-offset: .18em; text-decoration-thickness: 1px; }
    a:hover { text-decoration-color: currentColor; }
    img { max-width: 100%; }
    :focus-visible { outline: 2.5px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
    .plain { margin: 0; padding: 0; list-style: none; }
    .soft { color: var(--soft); }
    .small { font-size: .8125rem; }
    p.bad { color: var(--bad); }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .skip { position: absolute; left: -99rem; }
    .skip:focus { left: 1rem; top: .75rem; z-index: 9; padding: .5rem 1rem; background: var(--card); border-radius: 8px; }
    code, pre { font-family: var(--mono); font-size: .8125rem; }
    pre { padding: .85rem 1rem; overflow-x: auto; border-radius: 8px; background: var(--well); line-height: 1.6; }
    code.place { overflow-wrap: anywhere; }
    code.command {
      display: inline-block; max-width: 100%; padding: .2rem .55rem; border-radius: 6px; background: var(--well); color: var(--soft);
      overflow-wrap: anywhere;
    }
    code.command::before { content: "$ "; }
    time, b, .price, td, .count { font-variant-numeric: tabular-nums; }
    time { white-space: nowrap; }

    button, input, select { font: inherit; color: inherit; }
    button {
      min-height: 2.25rem; padding: .35rem .85rem; border: 1px solid var(--edge); border-radius: 8px; background: var(--card);
      font-weight: 560; font-size: .875rem; cursor: pointer;
    }
    button:hover { background: var(--well); }
    button.main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
    button.main:hover { filter: brightness(1.08); }
    button.danger { border-color: var(--bad); background: transparent; color: var(--bad); }
    button.danger:hover { background: var(--bad-bg); }
    button.main.danger { background: var(--bad); color: var(--card); }
    button.quiet { border-color: transparent; }
    button[aria-busy=true] { opacity: .6; cursor: progress; }
    input[type=text], input[type=search], select {
      min-height: 2.25rem; padding: .35rem .7rem; border: 1px solid var(--edge); border-radius: 8px; background: var(--card); min-width: 0;
    }
    ::placeholder { color: var(--soft); opacity: 1; }

    """#

  private static let bar = #"""
    .bar {
      position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.25rem;
      padding: .6rem clamp(1rem, 2.5vw, 2rem); background: var(--card); border-bottom: 1px solid var(--line);
    }
    .brand { display: flex; align-items: center; gap: .55rem; font-weight: 680; letter-spacing: -.015em; font-size: 1.0625rem; text-decoration: none; }
    .shop { color: var(--soft); max-width: 14rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .shop::before { content: "/"; margin-right: 1.25rem; color: var(--line); }
    .bar nav { display: flex; gap: .15rem; margin-left: auto; }
    .bar nav a { white-space: nowrap; padding: .4rem .75rem; border-radius: 8px; text-decoration: none; color: var(--soft); font-weight: 520; }
    .bar nav a:hover { background: var(--well); color: var(--ink); }
    .bar nav a[aria-current] { color: var(--ink); background: var(--well); }
    .count { padding: .05rem .4rem; border-radius: 99px; background: var(--idle-bg); color: var(--soft); font-size: .75rem; font-weight: 560; }
    .bar nav a[aria-current] .count { background: var(--card); }
    .link { min-width: 5.5rem; font-size: .8125rem; color: var(--soft); }
    .link::before { content: ""; display: inline-block; width: .5rem; height: .5rem; margin-right: .45rem; border-radius: 50%; background: var(--edge); }
    .link[data-state=live]::before { background: var(--good); }
    .link[data-state=lost]::before { background: transparent; box-shadow: inset 0 0 0 2px var(--bad); }
    .flash { max-width: 90rem; margin: 1rem auto 0; padding: .75rem 1rem; border-radius: 10px; width: calc(100% - clamp(2rem, 5vw, 4rem)); white-space: pre-line; overflow-wrap: anywhere; }
    .flash.good { background: var(--good-bg); color: var(--good); }
    .flash.bad { background: var(--bad-bg); color: var(--bad); }

    main { max-width: 90rem; margin: 0 auto; padding: 1.75rem clamp(1rem, 2.5vw, 2rem) 2rem; }
    main:focus { outline: none; }
    main.wide { display: grid; grid-template-columns: minmax(0, 1fr) 22.5rem; gap: 1.5rem 1.75rem; align-items: start; }
    .first { grid-column: 1 / -1; }
    .column { display: grid; gap: 1.25rem; min-width: 0; }
    .column > [data-region] { display: grid; gap: .75rem; min-width: 0; }
    .column > [data-region]:not(:has(> *)) { display: none; }
    footer { max-width: 90rem; margin: 0 auto; padding: 0 clamp(1rem, 2.5vw, 2rem) 2rem; color: var(--soft); font-size: .8125rem; }

    """#
}
