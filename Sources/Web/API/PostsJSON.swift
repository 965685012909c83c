import Listings
import Planning

/// `hawker.posts/1`: what is recorded of each post, what is next, and what holds it.
enum PostsJSON {
  struct Query: Sendable {
    var listing: String?
    var account: String?
    var state: String?
    var after: PostKey?
    var limit: Int

    static let longest = 1000

    /// Nil: `after` is no `next` of a page, and a pager that was given the first one again would never end.
    init?(_ query: [String: String]) {
      listing = query["listing"]
      account = query["account"]
      state = query["state"]
      limit = Query.limit(query, usual: 100)
      guard let place = query["after"], !place.isEmpty else { return }
      let parts = place.split(separator: "/", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      after = PostKey(listing: String(parts[0]), account: String(parts[1]))
    }

    static func limit(_ query: [String: String], usual: Int) -> Int {
      query["limit"].flatMap { Int($0) }.flatMap { (1...longest).contains($0) ? $0 : nil } ?? usual
    }
  }

  static func write(_ snapshot: Snapshot, _ query: Query, _ json: inout JSONWriter) {
    json.field("format", "hawker.posts/1")
    let index = snapshot.posts
    var next: PostKey?
    json.key("posts")
    json.array { json in
      var count = 0
      for row in index.rows[index.start(after: query.after)...] where matches(row, query) {
        if count == query.limit { break }
        count += 1
        next = row.key
        write(row, snapshot.view.plan, &json)
      }
      if count < query.limit { next = nil }
    }
    json.field("next", next.map { "\($0.listing)/\($0.account)" })
  }

  private static func matches(_ row: PostIndex.Row, _ query: Query) -> Bool {
    (query.listing.map { $0 == row.key.listing } ?? true) && (query.account.map { $0 == row.key.account } ?? true)
      && (query.state.map { $0 == Record.word(row.record?.state) } ?? true)
  }

  private static func write(_ row: PostIndex.Row, _ plan: Plan?, _ json: inout JSONWriter) {
    let record = row.record
    let action = row.action.flatMap { plan?.actions[$0] }
    json.object { json in
      json.field("listing", row.key.listing)
      json.field("account", row.key.account)
      json.field("state", Record.word(record?.state))
      json.field("since", record?.since.description)
      json.field("title", action?.post?.content?.title ?? record?.content?.title)
      json.field("remote_id", record?.remoteID)
      json.field("url", record?.url)
      json.field("error", record?.trouble?.message)
      json.field("next", action?.kind.rawValue)
      json.key("held")
      guard let hold = action?.hold else { return json.null() }
      json.object { json in
        json.field("by", hold.by.rawValue)
        json.field("text", hold.text)
        json.field("until", hold.until?.description)
      }
    }
  }
}
