extension Templates {
  static let parts = [
    "held-item": #"""
    <li class="held" id="{{id}}">
    {{#name}}<div class="thumb">{{>cover}}</div>{{/name}}
    <div class="body">
    <h3>{{title}}</h3>
    {{#name}}<p class="what"><a href="{{href}}"><bdi>{{name}}</bdi></a> <span class="soft small">{{accounts}}</span></p>{{/name}}
    <p class="why">{{why}}</p>
    {{#advice}}<p class="advice">{{advice}}</p>{{/advice}}
    {{#isMany}}<ul class="plain rows">{{#posts}}<li><a href="{{href}}"><bdi>{{#title}}{{title}}{{/title}}{{^title}}{{listing}}{{/title}}</bdi></a> <span class="soft">{{account}}</span></li>{{/posts}}{{#more}}<li class="soft">{{more}}</li>{{/more}}</ul>{{/isMany}}
    {{#hasMoves}}<div class="moves">{{#moves}}{{>move}}{{/moves}}</div>{{/hasMoves}}
    {{#commands}}<code class="command">{{.}}</code>{{/commands}}
    </div>
    </li>
    """#,

    "notice": #"""
    <div class="notice {{tone}}"><span class="state {{tone}}"><i aria-hidden="true"></i>{{word}}</span><p>{{text}}</p>{{#command}}<code class="command">{{command}}</code>{{/command}}{{#moves}}{{>move}}{{/moves}}</div>
    """#,

    "problem": #"""
    <li class="problem"><span class="state {{tone}}"><i aria-hidden="true"></i>{{severity}}</span> <code class="place">{{place}}</code>
    <p>{{message}}{{#account}} <span class="soft">({{account}})</span>{{/account}}</p>
    <p class="soft small">{{rule}}{{#href}} · <a href="{{href}}">{{listing}}</a>{{/href}}</p></li>
    """#,

    "post": #"""
    <li><span class="account">{{#url}}<a href="{{url}}" rel="noreferrer noopener" target="_blank">{{account}}<span class="hidden"> (opens its post)</span></a>{{/url}}{{^url}}{{account}}{{/url}}</span>
    {{#state}}{{>state}}{{/state}}{{#note}}<span class="note">{{note}}</span>{{/note}}</li>
    """#,

    "card": #"""
    <li class="card" id="card-{{id}}">
    <a class="picture" href="{{href}}" tabindex="-1" aria-hidden="true">{{>cover}}</a>
    <div class="body">
    <h3><a href="{{href}}"><bdi>{{title}}</bdi></a></h3>
    <p class="price">{{#price}}{{price}}{{/price}}{{#status}} <span class="tag">{{status}}</span>{{/status}}</p>
    <ul class="plain posts">{{#posts}}{{>post}}{{/posts}}</ul>
    <details id="more-{{id}}"><summary>Sold or hold<span class="hidden">: {{title}}</span></summary><div class="moves">{{#moves}}{{>move}}{{/moves}}</div></details>
    </div>
    </li>
    """#,

    "plan-line": #"""
    <li class="act"><span class="state {{tone}}"><b aria-hidden="true">{{symbol}}</b> {{kind}}</span> <a href="{{href}}"><bdi>{{#title}}{{title}}{{/title}}{{^title}}{{listing}}{{/title}}</bdi></a> <span class="soft">on {{account}}</span>
    {{#text}}<span class="text">{{text}}</span>{{/text}}</li>
    """#,

    "plot": #"""
    <figure class="plot" id="plot-{{id}}">
    <figcaption><h3>{{title}}</h3> <span class="soft">last hour</span></figcaption>
    {{^isEmpty}}
    <svg viewBox="0 0 300 64" preserveAspectRatio="none" role="img" aria-labelledby="{{id}}-words" focusable="false">
    <path class="grid" d="M0 .5H300M0 32H300M0 63.5H300"/>
    {{#bars}}<rect class="{{tone}}" x="{{x}}" y="{{y}}" width="{{width}}" height="{{height}}"/>{{/bars}}
    {{#lines}}<polyline class="{{tone}}" points="{{points}}" vector-effect="non-scaling-stroke"/>{{/lines}}
    </svg>
    <p class="axis soft small"><span>top: {{top}}</span>{{#legend}}<span class="key {{tone}}"><i aria-hidden="true"></i>{{label}}</span>{{/legend}}</p>
    {{/isEmpty}}
    <p class="small" id="{{id}}-words">{{summary}}</p>
    {{^isEmpty}}<details id="table-{{id}}"><summary class="small">As a table</summary>
    <table><thead><tr>{{#heads}}<th scope="col">{{.}}</th>{{/heads}}</tr></thead>
    <tbody>{{#rows}}<tr><th scope="row">{{#at}}{{>time}}{{/at}}</th>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>{{/rows}}</tbody></table></details>{{/isEmpty}}
    </figure>
    """#,

    "account": #"""
    <li class="seat" id="account-{{name}}">
    <h3><bdi>{{name}}</bdi></h3> {{#state}}{{>state}}{{/state}}
    <p class="small soft">{{marketplace}}{{#identity}} · <bdi>{{identity}}</bdi>{{/identity}} · {{live}}</p>
    <p class="small">{{token}}{{#checked}} <span class="soft">· checked {{>time}}</span>{{/checked}}</p>
    {{#trouble}}<p class="small bad">{{trouble}}</p>{{/trouble}}
    {{#command}}<code class="command">{{command}}</code>{{/command}}
    </li>
    """#,

    "pager": #"""
    {{#pager}}<nav class="pager" aria-label="More of the list">{{#newer}}<a href="{{newer}}" rel="prev">Previous</a>{{/newer}}<span>{{label}}</span>{{#older}}<a href="{{older}}" rel="next">Next</a>{{/older}}</nav>{{/pager}}
    """#,

    "welcome": #"""
    <section class="panel welcome" aria-labelledby="welcome">
    <h2 id="welcome">Nothing is for sale yet</h2>
    <p>hawker posts what stands in your listings folder, one file for each thing. Save this as <code>listings/desk-lamp.yaml</code>, and watch it appear here:</p>
    <pre><code>title: Desk lamp, brass
    description: Works, with a new cable.
    price: 35.00
    category: furniture
    condition: good
    marketplaces: { facebook: {}, offerup: {} }</code></pre>
    <p><code class="command">hawker plan</code> says what would happen, and touches nothing.</p>
    </section>
    """#,
  ]
}
