// What the page says to somebody who has nothing on it yet, and where scripts find their addresses.
extension Page {
  var welcome: String {
    """
    <section class="welcome">
    <h2>Nothing for sale yet</h2>
    <p>This page shows both marketplaces as a buyer would see them. It fills by itself as soon as hawker posts something:</p>
    <ol>
    <li><p>Describe something in your shop, in <code>listings/bicycle.yaml</code>
    (no shop yet? <code>hawker init my-shop</code>):</p><pre><code>title: Trek city bicycle, 54 cm
    description: Ready to ride; new tires last spring.
    price: 450.00
    category: bicycles
    photos: [bicycle.jpg]</code></pre></li>
    <li><p>Post it. Where this page came with <code>hawker run --sandbox</code>, saving the file was enough.
    Where you started it with <code>hawker sandbox</code>, point the accounts in <code>hawker.yaml</code> here:</p>
    <pre><code>\(accounts)</code></pre><p>and apply, in another terminal, with the sandbox’s tokens:</p>
    <pre><code>\(environment)
    hawker apply</code></pre></li>
    </ol>
    <p>Then change the price in the file, and watch this page.</p>
    </section>
    """
  }

  private var accounts: String {
    """
    accounts:
      facebook: { marketplace: facebook, page_id: "\(SandboxCredentials.pageID)",
                  graph_url: \(origin)/facebook }
      offerup:  { marketplace: offerup,
                  api_url: \(origin)/offerup/v1 }
    web: { public_url: \(origin) }
    """
  }

  private var environment: String {
    """
    export HAWKER_TOKEN_FACEBOOK=\(SandboxCredentials.pageToken)
    export HAWKER_TOKEN_OFFERUP=\(SandboxCredentials.offerUpToken)
    """
  }

  var footer: String {
    """
    <footer>
    <details\(isEmpty ? " hidden" : "")><summary>Addresses and tokens for scripts</summary>
    <pre><code>\(accounts)</code></pre>
    <pre><code>\(environment)</code></pre>
    </details>
    <p><a href="/listings.json">listings.json</a></p>
    </footer>
    """
  }
}
