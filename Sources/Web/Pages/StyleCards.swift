extension Style {
  static let cards = #"""
    .browse { min-width: 0; display: grid; gap: .8rem; grid-template-columns: minmax(0, 1fr) auto; align-items: center; margin-top: .35rem; }
    .browse h2 { font-size: 1.1875rem; }
    .search { display: flex; gap: .5rem; align-items: center; }
    .search label { font-size: .8125rem; color: var(--soft); }
    .search input { width: 15rem; }
    .facets { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: .35rem; }
    .facets a { padding: .3rem .75rem; border: 1px solid transparent; border-radius: 99px; text-decoration: none; font-size: .875rem; color: var(--soft); }
    .facets a:hover { background: var(--well); color: var(--ink); }
    .facets a[aria-current] { background: var(--card); border-color: var(--edge); color: var(--ink); font-weight: 560; }
    #cards { grid-column: 1 / -1; min-width: 0; }
    .found { margin-bottom: .6rem; }
    .empty { padding: 2.5rem 1rem; text-align: center; color: var(--soft); border: 1px dashed var(--line); border-radius: var(--radius); }
    .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 1rem; }
    .card { display: flex; flex-direction: column; min-width: 0; background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden; box-shadow: var(--shadow); }
    .card:target { border-color: var(--accent); }
    .picture { display: block; aspect-ratio: 4 / 3; background: var(--well); }
    .cover { display: block; width: 100%; height: 100%; object-fit: cover; }
    .cover.none { display: grid; place-items: center; background: var(--well); color: var(--edge); }
    .cover.none path { fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linejoin: round; stroke-linecap: round; }
    .card .body { display: flex; flex-direction: column; flex: 1; gap: .3rem; padding: .85rem 1rem .9rem; min-width: 0; }
    .card h3 { font-weight: 560; overflow-wrap: anywhere; }
    .card h3 bdi { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
    .card h3 a { text-decoration: none; }
    .card h3 a:hover { text-decoration: underline; }
    .price { font-weight: 640; letter-spacing: -.01em; }
    .tag { padding: .05rem .5rem; border-radius: 6px; background: var(--well); color: var(--soft); font-size: .75rem; font-weight: 540; letter-spacing: 0; vertical-align: .08em; }
    .posts { display: grid; gap: .4rem; margin-top: .35rem; font-size: .8125rem; }
    .posts li { display: flex; flex-wrap: wrap; gap: .15rem .5rem; align-items: center; justify-content: space-between; overflow-wrap: anywhere; }
    .posts .note { flex-basis: 100%; color: var(--soft); font-size: .75rem; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
    .card details { margin-top: auto; padding-top: .6rem; }
    .card summary { font-size: .8125rem; }
    .card .moves { padding-top: .6rem; display: grid; gap: .6rem; }
    .card .move { align-items: stretch; }
    .card .move label { flex: 1 1 100%; }
    .card .move input[type=text], .card .move select { width: 100%; }
    .card .move button { flex: 1; }
    .pager { display: flex; justify-content: center; align-items: center; gap: 1rem; margin-top: 1.4rem; font-size: .875rem; color: var(--soft); }
    .pager a { padding: .45rem 1rem; border: 1px solid var(--edge); border-radius: 8px; background: var(--card); color: var(--ink); text-decoration: none; font-weight: 540; }
    .pager a:hover { background: var(--well); }

    """#

  static let listing = #"""
    .crumbs { font-size: .875rem; color: var(--soft); }
    .crumbs::before { content: "← "; }
    .hero { display: grid; grid-template-columns: minmax(0, 26rem) minmax(0, 1fr); gap: 1.75rem; align-items: start; }
    .hero > :only-child { grid-column: 1 / -1; }
    .hero > div { display: grid; gap: .6rem; justify-items: start; min-width: 0; }
    .hero .price { font-size: 1.25rem; }
    .photos { display: grid; grid-template-columns: repeat(4, 1fr); gap: .5rem; }
    .photos li:first-child { grid-column: 1 / -1; }
    .photos img { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 8px; background: var(--well); }
    .photos li:first-child img { aspect-ratio: 4 / 3; border-radius: var(--radius); }
    .facts { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .2rem 1rem; font-size: .875rem; }
    .facts dt { color: var(--soft); }
    .facts dd { overflow-wrap: anywhere; }
    .description { white-space: pre-line; overflow-wrap: anywhere; max-width: 44rem; max-height: 20rem; overflow-y: auto; }
    .scroll { overflow-x: auto; }
    .scroll td { min-width: 5rem; overflow-wrap: anywhere; }
    .welcome { padding: clamp(1.25rem, 4vw, 2.25rem); }
    .welcome > * + * { margin-top: .8rem; }
    .welcome h2 { font-size: 1.375rem; }

    """#

  static let small = #"""
    @media (max-width: 68rem) {
      main.wide { grid-template-columns: minmax(0, 1fr); }
      aside.column { grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); align-items: start; }
    }
    @media (max-width: 44rem) {
      html { scroll-padding-top: .5rem; }
      body { font-size: 1rem; }
      .bar { position: static; gap: .2rem .75rem; }
      .shop::before { margin-right: .75rem; }
      .shop { flex: 1; }
      .bar nav { order: 9; width: 100%; margin: .2rem -.5rem 0; overflow-x: auto; }
      .bar nav { gap: 0; }
      .bar nav a { padding: .55rem .55rem; font-size: .9375rem; }
      .link { min-width: 0; }
      main { padding-top: 1.25rem; }
      h1 { font-size: 1.375rem; }
      .first > * { width: 100%; }
      .tiles { display: grid; grid-template-columns: 1fr 1fr; }
      .panel { padding: 1rem; }
      button, input[type=text], input[type=search], select { min-height: 2.75rem; }
      .browse { grid-template-columns: minmax(0, 1fr); }
      .search input { flex: 1; width: auto; }
      .search label { display: none; }
      .facets { flex-wrap: nowrap; overflow-x: auto; margin: 0 -1rem; padding: .15rem 1rem; scrollbar-width: none; }
      .facets a { white-space: nowrap; padding: .5rem .8rem; }
      .cards { grid-template-columns: minmax(0, 1fr); gap: .7rem; }
      .card { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); }
      .card .picture { aspect-ratio: auto; height: 100%; min-height: 6.5rem; }
      .scroll table { min-width: 44rem; }
      .held .thumb { width: 3.25rem; height: 3.25rem; }
      .move, .move label, .move input[type=text], .move select { width: 100%; }
      .move button { flex: 1; }
      .hero { grid-template-columns: minmax(0, 1fr); }
      .feed { max-height: 18rem; }
    }
    @media (prefers-reduced-motion: no-preference) {
      .fresh { animation: fresh 3s ease-out; }
      @keyframes fresh { from { background-color: var(--wait-bg); } }
    }
    @media (forced-colors: active) { .state, .card, .panel { border: 1px solid; } }

    """#
}
