import Executing
import Journaling
import Listings
import Marketplaces
import Planning

/// What a pass over a whole shop leaves behind, given back when nothing has happened for a moment.
extension Reconciler {
  func tidyLater(after plan: Plan) async {
    tidying?.cancel()
    guard !plan.hasChanges, await !executor.isBusy else { return }
    tidying = Task(executorPreference: shop.ambient.executor) { [ambient = shop.ambient] in
      do throws(CancellationError) { try await ambient.sleep(.seconds(2)) } catch { return }
      await self.share()
      SpareMemory.giveBack()
    }
  }

  private func share() {
    if let wanted { shop.journal.share(wanted.contents) }
  }
}

extension Wanted {
  fileprivate var contents: [(key: PostKey, content: Content)] {
    var contents: [(key: PostKey, content: Content)] = []
    for listing in listings {
      for post in listing.posts {
        if let content = post.content {
          contents.append((PostKey(listing: listing.id, account: post.account), content))
        }
      }
    }
    return contents
  }
}
