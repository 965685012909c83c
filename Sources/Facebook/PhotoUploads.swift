import Curl
import Listings
import Marketplaces

/// Uploads photos, unpublished, and remembers their ids: Facebook drops an unpublished photo after a day.
struct PhotoUploads: Sendable {
  private struct Key: Hashable, Sendable {
    let page: String
    let photo: PhotoReference
  }

  /// How old an id from before a restart may be, and how long one is used after that: within a day together.
  private static let freshness: (recalled: Duration, kept: Duration) = (.seconds(10 * 3600), .seconds(12 * 3600))

  private let graph: Graph
  private let known: Memo<Key, String>
  private let store: UploadStore

  init(graph: Graph, store: UploadStore) {
    self.graph = graph
    self.store = store
    known = Memo(lasting: PhotoUploads.freshness.kept, ambient: graph.ambient)
  }

  /// In the photos' order. A few are uploaded at a time; the first failure ends the others.
  func ids(for photos: [Photo], on page: Page) async throws(MarketplaceFailure) -> [String] {
    let result: Result<[String], MarketplaceFailure> = await withTaskGroup { group in
      var ids = [String](repeating: "", count: photos.count)
      var next = 0
      func addNext() {
        guard next < photos.count else { return }
        let index = next
        next += 1
        group.addTask { (index, await upload(photos[index], on: page)) }
      }
      for _ in 0..<4 { addNext() }
      while let (index, uploaded): (Int, Result<String, MarketplaceFailure>) = await group.next() {
        switch uploaded {
        case .success(let id): ids[index] = id
        case .failure(let failure):
          group.cancelAll()
          return .failure(failure)
        }
        addNext()
      }
      return .success(ids)
    }
    return try result.get()
  }

  func forget(_ photos: [Photo], on page: Page) {
    for photo in photos {
      known.forget(Key(page: page.id, photo: photo.reference))
      store.keep(name(photo, page), nil)
    }
  }

  private func upload(_ photo: Photo, on page: Page) async -> Result<String, MarketplaceFailure> {
    do throws(MarketplaceFailure) {
      return .success(
        try await known.value(of: Key(page: page.id, photo: photo.reference)) { () throws(MarketplaceFailure) in
          if let upload = store.recall(name(photo, page)), isFresh(upload) { return upload.remoteID }
          CrashPoint.reach("photo-before")
          let id = try await send(photo, on: page)
          CrashPoint.reach("photo-uploaded")
          store.keep(name(photo, page), .init(remoteID: id, at: graph.ambient.now()))
          return id
        })
    } catch {
      return .failure(error)
    }
  }

  private func name(_ photo: Photo, _ page: Page) -> String { "facebook \(page.id) \(photo.reference)" }

  private func isFresh(_ upload: UploadStore.Upload) -> Bool {
    (.zero...PhotoUploads.freshness.recalled).contains(graph.ambient.now().duration(since: upload.at))
  }

  private func send(_ photo: Photo, on page: Page) async throws(MarketplaceFailure) -> String {
    switch photo.reference {
    case .url(let address): try await upload(address, on: page)
    case .file(let digest, let format): try await upload(photo.path ?? "", digest, format, on: page)
    }
  }

  private func upload(_ address: String, on page: Page) async throws(MarketplaceFailure) -> String {
    let form = GraphCall.Body.form([("url", address), ("published", "false")])
    return try await send(form, on: page)
  }

  private func upload(
    _ path: String, _ digest: Digest, _ format: PhotoFormat, on page: Page
  ) async throws(MarketplaceFailure) -> String {
    let photo = try PhotoFile(path, expecting: digest)
    let file = Request.File(
      field: "source", name: "photo.\(format.rawValue)", mediaType: format.mediaType, source: .path(photo.openPath))
    let id = try await send(.file(fields: [("published", "false")], file), on: page)
    // The same file was read a second time while it was sent: what Facebook got must be what was checked.
    guard photo.isUnchanged else { throw photo.changed }
    return id
  }

  private func send(_ body: GraphCall.Body, on page: Page) async throws(MarketplaceFailure) -> String {
    let call = GraphCall(.post, [page.id, "photos"], body: body, about: .photo)
    let answer = try await graph.call(call, as: page.token)
    guard let id = answer["id"]?.identifier, id.isRemoteID else {
      throw .unexpected(.init("Facebook took a photo but did not say its id", httpStatus: 200))
    }
    return id
  }
}
