/// How the page looks: one column for each marketplace, cards that become rows on a phone, light and dark.
enum PageStyle {
  static let icon = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M4 4h24l2 8a4 4 0 0 1-7 2 4 4 0 0 1-7 0 4 4 0 0 \
    1-7 0 4 4 0 0 1-7-2z" fill="#c2410c"/><path d="M6 17v11h20V17" fill="none" stroke="#c2410c" stroke-width="3"/></svg>
    """

  static let text = #"""
    :root {
      --ground: #f6f4f0; --card: #fff; --ink: #1d1b18; --soft: #6a645b; --line: #e3ded5; --accent: #b4400b;
      --facebook: #0a5fd0; --offerup: #00755c; --flash: #ffe9b8; --well: #ece8e0; --radius: 12px;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #151412; --card: #201e1b; --ink: #f1ede6; --soft: #aaa297; --line: #35312c; --accent: #ff9a61;
        --facebook: #7db2ff; --offerup: #4fd1b0; --flash: #5a4413; --well: #2b2824;
      }
    }
    * { box-sizing: border-box; }
    .consent { max-width: 32rem; margin: 10vh auto; padding: 2rem; background: var(--card);
      border: 1px solid var(--line); border-top: 6px solid var(--accent); border-radius: var(--radius); }
    .consent.facebook { border-top-color: var(--facebook); }
    .consent.offerup { border-top-color: var(--offerup); }
    .consent h1 span { color: var(--soft); font-weight: normal; }
    .consent form { display: flex; gap: 1rem; margin-top: 1.5rem; }
    .consent button { font: inherit; padding: .6rem 1.6rem; border: 1px solid var(--line); border-radius: var(--radius);
      background: var(--well); color: var(--ink); cursor: pointer; }
    .consent .allow { background: var(--ink); color: var(--card); }
    html { scroll-behavior: smooth; scroll-padding-top: 5rem; }
    body {
      margin: 0; background: var(--ground); color: var(--ink);
      font: 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
    }
    a { color: inherit; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
    .skip { position: absolute; left: -99rem; }
    .skip:focus { left: 1rem; top: 1rem; z-index: 9; background: var(--card); padding: .5rem 1rem; }

    header {
      position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.5rem;
      padding: .75rem clamp(.75rem, 2.5vw, 2rem); background: var(--card); border-bottom: 1px solid var(--line);
    }
    .brand { flex: 1 1 20rem; }
    h1 { margin: 0; font-size: 1.2rem; letter-spacing: -.01em; }
    h1 a { text-decoration: none; }
    h1 span { color: var(--accent); }
    .brand p { margin: 0; color: var(--soft); font-size: .85rem; }
    header nav { display: flex; gap: .5rem; }
    .tab {
      padding: .35rem .75rem; border: 1px solid var(--line); border-radius: 99px; text-decoration: none; font-size: .9rem;
      white-space: nowrap;
    }
    .tab:hover { border-color: currentColor; }
    .tab.facebook b, .facebook h2::before { color: var(--facebook); }
    .tab.offerup b, .offerup h2::before { color: var(--offerup); }
    b, .price, h2 span, dd { font-variant-numeric: tabular-nums; }
    #live { margin: 0; min-width: 8.5rem; font-size: .85rem; color: var(--soft); }
    #live::before { content: "● "; color: var(--soft); }
    #live[data-state=on]::before, #live[data-state=changed]::before { color: var(--offerup); }
    #live[data-state=changed] { color: var(--ink); font-weight: 600; }
    #live[data-state=off]::before { color: var(--accent); }

    main {
      display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem clamp(1rem, 3vw, 3rem);
      max-width: 100rem; margin: 0 auto; padding: 1rem clamp(.75rem, 2.5vw, 2rem) 2rem;
    }
    h2 { margin: .25rem 0 .75rem; font-size: 1.05rem; }
    h2::before { content: "■ "; }
    h2 span { color: var(--soft); font-weight: 400; font-size: .9rem; margin-left: .25rem; }
    .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); gap: .9rem; }
    .none { grid-column: 1 / -1; margin: 0; padding: 2rem 1rem; text-align: center; color: var(--soft);
      border: 1px dashed var(--line); border-radius: var(--radius); }

    article {
      display: flex; flex-direction: column; background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden;
      content-visibility: auto; contain-intrinsic-size: auto 20rem;
    }
    article:target { border-color: var(--accent); box-shadow: 0 0 0 2px var(--accent); }
    article.fresh { animation: fresh 5s ease-out; }
    @keyframes fresh { from { background: var(--flash); border-color: var(--accent); } }
    .cover { position: relative; aspect-ratio: 4 / 3; background: var(--well); display: grid; place-items: center; }
    .cover img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; }
    .elsewhere { padding: .5rem; text-align: center; color: var(--soft); font-size: .8rem; overflow-wrap: anywhere; }
    .more {
      position: absolute; right: .5rem; bottom: .5rem; padding: .1rem .5rem; border-radius: 99px; font-size: .75rem;
      background: rgb(0 0 0 / .65); color: #fff;
    }
    .body { display: flex; flex: 1; flex-direction: column; padding: .7rem .85rem .85rem; }
    .price { margin: 0; font-size: 1.15rem; font-weight: 700; }
    h3 {
      margin: .1rem 0 .45rem; font-size: .95rem; font-weight: 500; line-height: 1.3; overflow-wrap: anywhere;
      display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden;
    }
    article ul { display: flex; flex-wrap: wrap; gap: .3rem; margin: 0; padding: 0; list-style: none; font-size: .78rem; }
    article li {
      padding: .05rem .5rem; border-radius: 99px; background: var(--well); color: var(--soft); max-width: 100%;
      overflow-wrap: anywhere;
    }
    .place::before { content: "near "; }
    details { margin-top: auto; padding-top: .5rem; font-size: .85rem; }
    summary { cursor: pointer; color: var(--soft); }
    summary:hover { color: var(--ink); }
    .for { position: absolute; left: -99rem; }
    .text { margin: .5rem 0; white-space: pre-line; overflow-wrap: anywhere; max-height: 18rem; overflow-y: auto; }
    .strip { display: grid; grid-template-columns: repeat(3, 1fr); gap: .3rem; }
    .strip > * { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 6px; background: var(--well); }
    dl { display: grid; grid-template-columns: auto 1fr; gap: .1rem .6rem; margin: .6rem 0 0; color: var(--soft); }
    dd { margin: 0; overflow-wrap: anywhere; }

    .pager { display: flex; justify-content: center; align-items: center; gap: 1.25rem; padding: 0 1rem 2rem; font-size: .95rem; }
    .pager[hidden] { display: none; }
    .pager a { padding: .4rem .9rem; border: 1px solid var(--line); border-radius: 99px; text-decoration: none; background: var(--card); }
    .pager span { padding: .4rem .9rem; color: var(--soft); opacity: .5; }

    .welcome {
      grid-column: 1 / -1; justify-self: center; width: min(44rem, 100%); margin: 1rem 0; padding: clamp(1rem, 4vw, 2rem);
      background: var(--card); border: 1px solid var(--line); border-radius: var(--radius);
    }
    .welcome h2 { font-size: 1.35rem; }
    .welcome h2::before { content: none; }
    .welcome ol { padding-left: 1.3rem; }
    .welcome li p { margin: .9rem 0 .3rem; }
    pre {
      margin: 0 0 .5rem; padding: .7rem .9rem; overflow-x: auto; border-radius: 8px; background: var(--well);
      font: .85rem/1.5 ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace;
    }
    code { font-family: ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; font-size: .95em; }
    pre code { font-size: 1em; }
    footer {
      display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: baseline; max-width: 100rem; margin: 0 auto;
      padding: 0 clamp(.75rem, 2.5vw, 2rem) 2rem; color: var(--soft); font-size: .85rem;
    }
    footer details, footer p { margin: 0; }
    footer pre { margin-top: .5rem; color: var(--ink); }

    @media (max-width: 44rem) {
      html { scroll-padding-top: .5rem; }
      header { position: static; }
      main { grid-template-columns: minmax(0, 1fr); }
      .brand p, .tab span { font-size: .8rem; }
      #live { min-width: 0; }
      .cards { grid-template-columns: minmax(0, 1fr); gap: .6rem; }
      article { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); contain-intrinsic-size: auto 8rem; }
      .cover { aspect-ratio: auto; min-height: 7rem; max-height: 10rem; }
    }
    @media (prefers-reduced-motion: reduce) {
      html { scroll-behavior: auto; }
      article.fresh { animation: none; border-color: var(--accent); }
    }
    """#
}
