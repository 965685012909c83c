import Listings

// Uploading photos: by address, or as a part of a form.
extension FacebookDesk {
  static let photoSize = 10 * 1024 * 1024
  private static let formats: Set<PhotoFormat> = [.jpeg, .png, .gif, .bmp, .tiff]

  func upload(to page: FacebookPage) throws(GraphError) -> Decision {
    switch request.mediaType {
    case "application/x-www-form-urlencoded": try uploadAddress(to: page)
    case "multipart/form-data": try uploadFile(to: page)
    default:
      throw .parameter("The Content-Type must be application/x-www-form-urlencoded or multipart/form-data")
    }
  }

  private func uploadAddress(to page: FacebookPage) throws(GraphError) -> Decision {
    guard let text = String(validating: request.body, as: UTF8.self), let fields = FormReading.fields(of: text) else {
      throw .parameter("The form is not well-formed")
    }
    let values = try unique(fields)
    guard let address = values["url"] else { throw GraphError.picture }
    guard desk.isAddress(address), let copy = desk.copied(address) else { throw GraphError.picture }
    if let name = PhotoName(copy.kept), !FacebookDesk.formats.contains(name.format) { throw GraphError.picture }
    if let bytes = copy.bytes, bytes.bytes.count > FacebookDesk.photoSize { throw GraphError.picture }
    return try decision(copy.kept, bytes: copy.bytes, page: page, published: values["published"])
  }

  private func uploadFile(to page: FacebookPage) throws(GraphError) -> Decision {
    guard let parts = FormPart.parts(of: request.body, contentType: request.headers["content-type"] ?? "") else {
      throw .parameter("The multipart form is not well-formed")
    }
    var fields: [Request.Field] = []
    for part in parts where part.name != "source" {
      guard let value = String(validating: part.bytes, as: UTF8.self) else {
        throw .parameter("Param \(part.name) is not UTF-8")
      }
      fields.append(Request.Field(name: part.name, value: value))
    }
    let values = try unique(fields)
    guard values["url"] == nil else { throw .parameter("Give either url or source, not both") }
    let sources = parts.filter { $0.name == "source" }
    guard sources.count == 1, sources[0].isFile, sources[0].bytes.count <= FacebookDesk.photoSize,
      let photo = PhotoBytes(Array(sources[0].bytes)), FacebookDesk.formats.contains(photo.name.format)
    else { throw GraphError.picture }
    return try decision(photo.name.description, bytes: photo, page: page, published: values["published"])
  }

  private func unique(_ fields: [Request.Field]) throws(GraphError) -> [String: String] {
    var values: [String: String] = [:]
    for field in fields {
      guard ["url", "published", "caption", "temporary", "no_story", "alt_text_custom"].contains(field.name) else {
        throw .parameter("Param \(field.name) is not a known parameter")
      }
      guard values.updateValue(field.value, forKey: field.name) == nil else {
        throw .parameter("Param \(field.name) is given twice")
      }
    }
    return values
  }

  /// `published` is true when it isn't said otherwise: then the photo is a public post of its own, and no listing can
  /// take it.
  private func decision(
    _ photo: String, bytes: PhotoBytes?, page: FacebookPage, published: String?
  ) throws(GraphError) -> Decision {
    guard let isPublished = ["true": true, "1": true, "false": false, "0": false][published ?? "true"] else {
      throw .parameter("Param published must be true or false")
    }
    let upload = Upload(
      number: desk.store.next, pageID: page.id, photo: photo, uploadedAt: desk.now, isPublished: isPublished)
    let answer = JSON.object([
      "id": .string(upload.id), "post_id": isPublished ? .string("\(page.id)_\(upload.number)") : nil,
    ])
    return Decision(Answer(json: answer), changes: [.upload(upload)], photos: bytes.map { [$0] } ?? [])
  }
}
