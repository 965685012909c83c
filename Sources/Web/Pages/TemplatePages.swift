extension Templates {
  static let pages = [
    "dashboard": #"""
    {{>head}}
    <main id="main" class="wide">
    <div class="first" id="headline" data-region>
    <div><h1>{{#frame.headline}}<span class="lamp {{tone}}" aria-hidden="true"></span><span>{{label}}</span>{{/frame.headline}}</h1>
    <p class="soft">{{under}}</p></div>
    <ul class="plain tiles" aria-label="At a glance">{{#tiles}}<li class="{{tone}}"><a href="{{href}}"><b>{{value}}</b> {{label}}</a></li>{{/tiles}}</ul>
    </div>
    <div class="column">
    <div id="alerts" data-region>
    {{#notices}}{{>notice}}{{/notices}}
    </div>
    <div id="exposures" data-region>
    {{#hasExposures}}<section class="panel" aria-labelledby="exposures-title"><h2 id="exposures-title">Sold, and elsewhere still</h2>
    <ul class="plain">{{#exposures}}<li class="exposure"><span class="state {{tone}}"><i aria-hidden="true"></i>Sold</span> <a href="{{href}}"><bdi>{{title}}</bdi></a> {{#soldAt}}{{>time}}{{/soldAt}} {{sold}}, {{rest}}</li>{{/exposures}}</ul></section>{{/hasExposures}}
    </div>
    <div id="needs" data-region>
    {{#hasHeld}}<section class="panel" aria-labelledby="needs-title"><h2 id="needs-title">Needs you</h2>
    <ul class="plain helds">{{#held}}{{>held-item}}{{/held}}</ul>{{#heldMore}}<p class="all"><a href="/needs">{{heldMore}}</a></p>{{/heldMore}}</section>{{/hasHeld}}
    </div>
    <div id="problems" data-region>
    {{#hasProblems}}<section class="panel" aria-labelledby="problems-title"><h2 id="problems-title">Problems in your files</h2>
    <ul class="plain">{{#problems}}{{>problem}}{{/problems}}</ul>{{#problemsMore}}<p class="all"><a href="/problems">{{problemsMore}}</a></p>{{/problemsMore}}</section>{{/hasProblems}}
    </div>
    {{#isNew}}{{>welcome}}{{/isNew}}
    {{^isNew}}<section aria-labelledby="listings" class="browse">
    {{#browse}}
    <h2 id="listings" tabindex="-1">Listings</h2>
    <form class="search" role="search" method="get" action="/#listings">
    <label for="q">Search <span class="hidden">listings</span></label><input id="q" type="search" name="q" value="{{query}}" placeholder="title, id, file, tag" autocomplete="off" maxlength="200">
    <input type="hidden" name="show" value="{{show}}"><button>Search</button>
    </form>
    <nav class="facets" aria-label="Which listings" id="facets" data-region>{{#facets}}<a href="{{href}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{label}} <span class="count">{{count}}</span></a>
    {{/facets}}</nav>
    <div id="cards" data-region>
    <p class="soft small found">{{count}}{{#isSearched}} found{{/isSearched}}</p>
    {{#isEmpty}}<p class="empty">{{#isSearched}}Nothing matches. <a href="/#listings">Show all</a>{{/isSearched}}{{^isSearched}}None here.{{/isSearched}}</p>{{/isEmpty}}
    <ul class="plain cards">{{#cards}}{{>card}}{{/cards}}</ul>
    {{>pager}}
    </div>
    {{/browse}}
    </section>{{/isNew}}
    </div>
    <aside class="column" aria-label="Accounts, plan and activity">
    <section class="panel" aria-labelledby="accounts-title"><h2 id="accounts-title">Accounts</h2>
    <div id="accounts" data-region><ul class="plain">{{#accounts}}{{>account}}{{/accounts}}{{^accounts}}<li class="soft">hawker.yaml names none.</li>{{/accounts}}</ul></div></section>
    <section class="panel" aria-labelledby="plan-title"><h2 id="plan-title">Next</h2>
    <div id="next" data-region><ul class="plain acts">{{#plan}}{{>plan-line}}{{/plan}}{{^plan}}<li class="soft">{{planNone}}</li>{{/plan}}</ul>{{#planMore}}<p class="small"><a href="/plan">{{planMore}}</a></p>{{/planMore}}</div></section>
    <section class="panel" aria-labelledby="work-title"><h2 id="work-title">Work</h2>
    <div id="work" data-region>{{#plots}}{{>plot}}{{/plots}}</div></section>
    <section class="panel" aria-labelledby="activity-title"><h2 id="activity-title">Activity</h2>
    <ol class="plain feed" id="feed" role="log" aria-live="polite" aria-relevant="additions" aria-labelledby="activity-title" tabindex="0">{{#activity}}<li class="{{level}}">{{#at}}{{>time}}{{/at}} <span class="hidden">{{word}}: </span><span>{{text}}</span></li>{{/activity}}</ol>
    <p class="soft small" id="feed-note">What hawker does appears here as it happens.</p></section>
    </aside>
    </main>
    {{>foot}}
    """#,

    "plan": #"""
    {{>head}}
    <main id="main"><div id="plan" data-region>
    <h1>What would be done next</h1>
    <p class="soft">{{summary}}</p>
    {{#guards}}<div class="notice wait"><span class="state wait"><i aria-hidden="true"></i>Guard</span><p>{{name}}: {{text}}</p>{{#override}}<code class="command">{{override}}</code>{{/override}}</div>{{/guards}}
    <section class="panel" aria-labelledby="acts"><h2 id="acts">Actions</h2>
    <ul class="plain acts full">{{#lines}}{{>plan-line}}{{/lines}}{{^lines}}<li class="soft">{{#isKnown}}Nothing to do: every post is as its file says.{{/isKnown}}{{^isKnown}}The files have not been looked at yet.{{/isKnown}}</li>{{/lines}}</ul>
    {{>pager}}</section>
    </div></main>
    {{>foot}}
    """#,

    "needs": #"""
    {{>head}}
    <main id="main"><div id="all-needs" data-region>
    <h1>Needs you</h1>
    {{#notices}}{{>notice}}{{/notices}}
    {{#hasHeld}}<section class="panel" aria-labelledby="held-title"><h2 id="held-title">Held</h2><ul class="plain helds">{{#held}}{{>held-item}}{{/held}}</ul>
    {{>pager}}</section>{{/hasHeld}}
    {{#hasProblems}}<section class="panel" aria-labelledby="errors-title"><h2 id="errors-title">Errors in your files</h2><ul class="plain">{{#problems}}{{>problem}}{{/problems}}</ul><p class="all"><a href="/problems">All problems</a></p></section>{{/hasProblems}}
    {{#isCalm}}<section class="panel" aria-label="What waits for you"><p class="soft">Nothing waits for you.</p></section>{{/isCalm}}
    </div></main>
    {{>foot}}
    """#,

    "problems": #"""
    {{>head}}
    <main id="main"><div id="all-problems" data-region>
    <h1>Problems in your files</h1>
    <section class="panel" aria-label="Problems"><ul class="plain">{{#problems}}{{>problem}}{{/problems}}{{^problems}}<li class="soft">There are none.</li>{{/problems}}</ul>
    {{>pager}}</section>
    </div></main>
    {{>foot}}
    """#,

    "missing": #"""
    {{>head}}
    <main id="main"><h1>There is nothing here</h1>
    <p>Neither a page nor a listing has the address <code><bdi>{{path}}</bdi></code>. <a href="/">Back to the shop</a></p></main>
    {{>foot}}
    """#,

    "listing": #"""
    {{>head}}
    <main id="main"><div id="listing" data-region>
    <p class="crumbs"><a href="/#listings">All listings</a></p>
    <div class="hero">
    {{#hasPhotos}}<ul class="plain photos" aria-label="Photos">{{#photos}}<li><img src="{{address}}" alt="{{label}}" loading="lazy"></li>{{/photos}}</ul>{{/hasPhotos}}
    <div><h1><bdi>{{title}}</bdi></h1>
    <p class="price">{{#price}}{{price}}{{/price}} <span class="tag">{{status}}</span></p>
    {{#file}}<p><code class="place">{{file}}</code></p>{{/file}}
    <dl class="facts">{{#facts}}<dt>{{name}}</dt><dd><bdi>{{value}}</bdi></dd>{{/facts}}</dl>
    {{#elsewhere}}<p class="soft small">{{elsewhere}}</p>{{/elsewhere}}
    {{#description}}<p class="description" dir="auto">{{description}}</p>{{/description}}</div>
    </div>
    {{#hasHeld}}<section class="panel" aria-labelledby="held-title"><h2 id="held-title">What holds it</h2><ul class="plain helds">{{#held}}{{>held-item}}{{/held}}</ul></section>{{/hasHeld}}
    {{#hasProblems}}<section class="panel" aria-labelledby="lp"><h2 id="lp">Problems</h2><ul class="plain">{{#problems}}{{>problem}}{{/problems}}</ul></section>{{/hasProblems}}
    <section class="panel" aria-labelledby="posts-title"><h2 id="posts-title">Where it stands</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="posts-title"><table><thead><tr><th scope="col">Account</th><th scope="col">State</th><th scope="col">Price there</th><th scope="col">Id</th><th scope="col">Since</th><th scope="col">Next</th></tr></thead>
    <tbody>{{#posts}}<tr>{{#line}}<th scope="row">{{#url}}<a href="{{url}}" rel="noreferrer noopener" target="_blank">{{account}}<span class="hidden"> (opens its post)</span></a>{{/url}}{{^url}}{{account}}{{/url}}</th><td>{{#state}}{{>state}}{{/state}}</td><td>{{#price}}{{price}}{{/price}}</td>{{/line}}<td>{{#remoteID}}<code>{{remoteID}}</code>{{/remoteID}}</td><td>{{#since}}{{>time}}{{/since}}</td><td>{{#line}}{{#note}}{{note}}{{/note}}{{/line}}{{#failure}}<p class="bad small">{{failure}}</p>{{/failure}}{{#drift}}<code class="command">{{drift}}</code><code class="command">hawker apply --enforce</code>{{/drift}}</td></tr>{{/posts}}</tbody></table></div></section>
    {{#hasSales}}<section class="panel" aria-labelledby="sales-title"><h2 id="sales-title">Sales</h2><ul class="plain">{{#sales}}<li>{{#at}}{{>time}}{{/at}} {{place}}{{#price}} for {{price}}{{/price}}</li>{{/sales}}</ul></section>{{/hasSales}}
    {{#hasMoves}}<section class="panel" aria-labelledby="moves-title"><h2 id="moves-title">What you can do</h2><div class="moves big">{{#moves}}{{>move}}{{/moves}}</div><p class="soft small">On the command line: <code>hawker sold {{id}}</code>, <code>hawker hold {{id}}</code>, <code>hawker status {{id}}</code>.</p></section>{{/hasMoves}}
    <section class="panel" aria-labelledby="journal-title"><h2 id="journal-title">Its journal</h2>
    {{#hasHistory}}<div class="scroll" tabindex="0" role="region" aria-labelledby="journal-title"><table><thead><tr><th scope="col">When</th><th scope="col">Entry</th><th scope="col">Kind</th><th scope="col">Account</th><th scope="col">What</th></tr></thead>
    <tbody>{{#history}}<tr><td>{{#at}}{{>time}}{{/at}}</td><td>{{number}}</td><td>{{kind}}</td><td>{{account}}</td><td>{{text}}</td></tr>{{/history}}</tbody></table></div>{{/hasHistory}}
    {{^hasHistory}}<p class="soft">Nothing is recorded of it.</p>{{/hasHistory}}</section>
    </div></main>
    {{>foot}}
    """#,
  ]
}
