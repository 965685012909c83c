extension Style {
  static let panels = #"""
    .first h1 { display: flex; align-items: center; gap: .7rem; }
    .first { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: flex-end; gap: 1rem 2rem; }
    .first p { margin-top: .35rem; overflow-wrap: anywhere; }
    .lamp { flex: none; width: .8rem; height: .8rem; border-radius: 50%; background: var(--idle); box-shadow: 0 0 0 4px var(--idle-bg); }
    .lamp.good { background: var(--good); box-shadow: 0 0 0 4px var(--good-bg); }
    .lamp.busy { background: var(--busy); box-shadow: 0 0 0 4px var(--busy-bg); }
    .lamp.wait { background: var(--wait); box-shadow: 0 0 0 4px var(--wait-bg); border-radius: 3px; }
    .lamp.bad { background: var(--bad); box-shadow: 0 0 0 4px var(--bad-bg); border-radius: 0; transform: rotate(45deg) scale(.85); }
    .tiles { display: flex; flex-wrap: wrap; gap: .6rem; }
    .tiles a {
      display: flex; align-items: baseline; gap: .45rem; padding: .5rem .95rem; background: var(--card); border: 1px solid var(--line);
      border-radius: 10px; text-decoration: none; color: var(--soft);
    }
    .tiles a:hover { border-color: var(--edge); }
    .tiles b { font-size: 1.1875rem; font-weight: 640; color: var(--ink); letter-spacing: -.02em; }
    .tiles .good b { color: var(--good); } .tiles .busy b { color: var(--busy); } .tiles .wait b { color: var(--wait); }
    .panel { padding: 1.1rem 1.25rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); min-width: 0; }
    .panel > h2 { margin-bottom: .7rem; }
    main:not(.wide) > [data-region] { display: grid; gap: 1.25rem; min-width: 0; grid-template-columns: minmax(0, 1fr); }
    .notice { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .8rem; padding: .8rem 1.1rem; border: 1px solid var(--line); border-radius: var(--radius); background: var(--card); }
    .notice p { flex: 1 1 18rem; overflow-wrap: anywhere; }
    .notice.bad { border-color: var(--bad); } .notice.wait { border-color: var(--wait); }

    """#

  static let parts = #"""
    .state {
      display: inline-flex; align-items: center; gap: .38rem; padding: .08rem .55rem .08rem .45rem; border-radius: 99px; white-space: nowrap;
      font-size: .75rem; font-weight: 580; line-height: 1.5; color: var(--idle); background: var(--idle-bg);
    }
    .state i { width: .45rem; height: .45rem; border-radius: 50%; background: currentColor; }
    .state.good { color: var(--good); background: var(--good-bg); }
    .state.busy { color: var(--busy); background: var(--busy-bg); }
    .state.busy i { background: none; border: 2px solid currentColor; }
    .state.wait { color: var(--wait); background: var(--wait-bg); }
    .state.wait i { border-radius: 1px; }
    .state.bad { color: var(--bad); background: var(--bad-bg); }
    .state.bad i { border-radius: 0; transform: rotate(45deg); }
    .state.idle i { height: 2px; }
    .state b { font-family: var(--mono); }

    .helds > li { display: flex; gap: 1rem; padding: 1rem 0; border-top: 1px solid var(--line); }
    .helds > li:first-child { border-top: 0; padding-top: .1rem; }
    .helds > li:last-child { padding-bottom: 0; }
    .held .thumb { flex: none; width: 4.5rem; height: 4.5rem; border-radius: 8px; overflow: hidden; background: var(--well); }
    .held .body { flex: 1; min-width: 0; display: grid; gap: .3rem; justify-items: start; overflow-wrap: anywhere; }
    .held .what, .held .why { max-width: 100%; }
    .held .why, .held .advice { color: var(--soft); font-size: .875rem; max-width: 46rem; }
    .held .rows { font-size: .875rem; }
    .all { margin-top: .9rem; font-size: .875rem; }
    .held .moves { margin: .35rem 0 .2rem; }
    .moves { display: flex; flex-wrap: wrap; gap: .5rem; align-items: flex-end; }
    .move { display: flex; flex-wrap: wrap; gap: .5rem; align-items: flex-end; }
    .move label { display: grid; gap: .15rem; font-size: .75rem; color: var(--soft); }
    .move input[type=text] { width: 11rem; font-size: .875rem; color: var(--ink); }
    .move select { min-width: 8rem; font-size: .875rem; color: var(--ink); }
    .moves.big + p { margin-top: .9rem; }
    .moves.big { gap: 1rem 1.25rem; }

    .problem { padding: .7rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
    .problem:first-child { border-top: 0; padding-top: 0; }
    .problem:last-child { padding-bottom: 0; }
    .problem p { margin-top: .2rem; }
    .exposure { padding: .3rem 0; overflow-wrap: anywhere; }

    .seat { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .15rem .5rem; align-items: center; padding: .75rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
    .seat:first-child { border-top: 0; padding-top: 0; }
    .seat:last-child { padding-bottom: 0; }
    .seat > p, .seat > code { grid-column: 1 / -1; }
    .seat > code { justify-self: start; margin-top: .25rem; }
    .acts li { padding: .5rem 0; border-top: 1px solid var(--line); font-size: .875rem; overflow-wrap: anywhere; }
    .acts li:first-child { border-top: 0; padding-top: 0; }
    .acts .text { display: block; margin-top: .15rem; color: var(--soft); font-size: .8125rem; }
    aside .acts .text { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
    .feed { max-height: 24rem; overflow-y: auto; font-size: .8125rem; scrollbar-width: thin; }
    .feed li { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .1rem .6rem; padding: .4rem 0 .4rem .75rem; border-left: 2px solid var(--line); overflow-wrap: anywhere; }
    .feed li.good { border-color: var(--good); } .feed li.warning { border-color: var(--wait); border-left-style: dashed; }
    .feed li.error { border-color: var(--bad); border-left-style: double; border-left-width: 4px; padding-left: calc(.75rem - 2px); }
    .feed time { color: var(--soft); }
    .feed:not(:empty) + p { display: none; }

    .plot + .plot { margin-top: 1.1rem; }
    .plot figcaption { display: flex; justify-content: space-between; align-items: baseline; margin-bottom: .4rem; font-size: .8125rem; }
    .plot figcaption h3 { font-size: .875rem; }
    .plot svg { display: block; width: 100%; height: 4.5rem; overflow: visible; }
    .grid { stroke: var(--line); fill: none; vector-effect: non-scaling-stroke; }
    rect.good { fill: var(--good); } rect.bad { fill: var(--bad); }
    polyline { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
    polyline.busy { stroke: var(--busy); } polyline.wait { stroke: var(--wait); stroke-dasharray: 4 4; }
    .axis { display: flex; gap: .35rem .9rem; flex-wrap: wrap; margin: .35rem 0; }
    .axis span:first-child { margin-right: auto; }
    .key i { display: inline-block; width: .7rem; height: .7rem; margin-right: .35rem; border-radius: 2px; vertical-align: -.05rem; background: var(--idle); }
    .key.good i { background: var(--good); } .key.bad i { background: var(--bad); }
    .key.busy i { background: var(--busy); height: 3px; vertical-align: .2rem; }
    .key.wait i { background: repeating-linear-gradient(90deg, var(--wait) 0 4px, transparent 4px 6px); height: 3px; vertical-align: .2rem; }
    summary { cursor: pointer; color: var(--soft); width: fit-content; }
    summary:hover { color: var(--ink); }
    table { border-collapse: collapse; width: 100%; font-size: .8125rem; }
    th, td { padding: .5rem .75rem .5rem 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); font-weight: 400; }
    thead th { border-top: 0; color: var(--soft); font-weight: 520; white-space: nowrap; }
    tbody th { font-weight: 560; }
    dialog { width: min(28rem, calc(100vw - 2rem)); padding: 1.4rem; border: 1px solid var(--line); border-radius: 14px; background: var(--card); color: var(--ink); box-shadow: 0 20px 60px rgb(0 0 0 / .3); }
    dialog::backdrop { background: rgb(10 14 12 / .5); }
    dialog p { margin-top: .6rem; overflow-wrap: anywhere; }
    .buttons { display: flex; justify-content: flex-end; gap: .5rem; margin-top: 1.2rem; }

    """#
}
