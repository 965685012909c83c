import Listings
import Support
import Testing

/// Posts and listings keep what is put into them, though they keep it in boxes.
@Suite struct WantedPostTests {
  private let address = PhotoReference.url("https://photos.example/1.jpg")
  private let picture = PhotoReference.file(Digest(of: "bytes"), .png)

  private func content(_ photos: [PhotoReference]) -> Content {
    Content(
      title: "Lamp", description: "Bright.", price: Money(minor: 4550, currency: .usd), category: "HOME",
      condition: "used", photos: photos)
  }

  @Test func addressesNeedNoPhotosOfTheirOwn() {
    let photos = [Photo(reference: address)]
    let post = WantedPost(account: "facebook", content: content([address]), photos: photos)
    #expect(post.photos == photos)
    #expect(post == WantedPost(account: "facebook", content: content([address]), photos: photos))
    #expect(post != WantedPost(account: "facebook", content: content([address])))
  }

  @Test func filesKeepTheirPaths() {
    let photos = [Photo(reference: address), Photo(reference: picture, path: "/shop/1.png", size: 7)]
    var post = WantedPost(account: "facebook", content: content([address, picture]), photos: photos)
    #expect(post.photos == photos)
    post.content = nil
    #expect(post.photos == photos)
    #expect(post.isFrozen)
    #expect(post.title == nil && post.price == nil)
  }

  @Test func aChangedCopyLeavesTheOtherAlone() {
    let post = WantedPost(account: "facebook", content: content([]))
    var other = post
    other.content?.title = "Lantern"
    other.origins[.title] = Origin(layer: .listing, file: "listings/lamp.yaml", line: 2)
    #expect(post.title == "Lamp")
    #expect(other.title == "Lantern")
    #expect(other.price == Money(minor: 4550, currency: .usd))
    #expect(post != other)
    #expect(Set([post, other, post]).count == 2)
  }

  @Test func whatAListingNoLongerSaysMakesNoDifference() {
    let listing = Listing(id: "lamp", file: "listings/lamp.yaml")
    var other = listing
    other.hold = "on loan"
    other.adopt["facebook"] = "17"
    other.movedFrom = "old-lamp"
    #expect(other.hold == "on loan" && other.adopt == ["facebook": "17"] && other.movedFrom == "old-lamp")
    #expect(listing != other)
    other.hold = nil
    other.adopt = [:]
    other.movedFrom = nil
    #expect(listing == other)
  }
}
