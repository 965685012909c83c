/// What `hawker init` puts into a new shop.
enum Template {
  static let config = """
    # yaml-language-server: $schema=./schema/hawker.schema.json
    # Every key and its meaning: schema/hawker.schema.json.
    version: 1
    listings: listings
    state: state

    # What every listing starts from; a listing says only what differs.
    defaults:
      currency: USD
      condition: good
      marketplaces: [facebook, offerup]
      location: { latitude: 45.5231, longitude: -122.6765 }

    accounts:
      facebook: { marketplace: facebook }   # page_id: "…" when you have several Pages
      offerup: { marketplace: offerup }

    # Your word for a category → each marketplace's own.
    categories:
      lighting: { facebook: HOME_GOODS, offerup: home-garden.lighting }

    guards: { grace: 10m }
    sync: { requests_per_second: 10 }
    # OfferUp takes photos by address: where buyers reach this machine, to serve yours.
    web: { listen: "127.0.0.1:8484" }       # public_url: https://shop.example.com

    """

  static let listing = """
    # yaml-language-server: $schema=../schema/listing.schema.json
    id: desk-lamp
    title: Desk lamp, brass
    description: |
      Heavy foot, new cable, works as it should.
      Pick-up evenings after six.
    price: 35.00
    category: lighting
    photos: [photos/desk-lamp.png]
    status: draft      # draft → available, when it may be seen

    """

  static let ignored = ["/state/", "/listings/.hawker"]

  static let ignore =
    "# hawker's own records stay on the machine that made them; the marker belongs to them.\n"
    + ignored.map { $0 + "\n" }.joined()

  static let github = """
    name: listings
    on: [pull_request]
    jobs:
      check:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v4
          # Put the hawker binary on the PATH here, for instance from your own release or cache.
          - run: hawker validate
          - run: hawker plan --format github
          # The same as a page of the run; `gh pr comment --body-file` would make it a comment on the pull request.
          - if: always()
            run: hawker plan --format markdown >> "$GITHUB_STEP_SUMMARY" || true

    """

  static let gitlab = """
    listings:
      rules: [{ if: $CI_PIPELINE_SOURCE == "merge_request_event" }]
      script:
        # Put the hawker binary on the PATH here, for instance from your own image.
        - hawker validate
        - hawker plan

    """

  /// A small drawing of a lamp, PNG, in base64.
  static let photo = [
    "iVBORw0KGgoAAAANSUhEUgAAAeAAAAFoCAMAAAC46dgSAAAADFBMVEXs6ODNvqrooz1GRktHpkf6AAACpklEQVR42u3bsXHDQBAEQZDKP2e5",
    "8kmoMPs9IWzXmXddkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkiRJkj7q/R+ZedsXMGCVfQkDVtqXMGCl",
    "fQkDVtqXMGAB1nN9CQNW2pcwYKV9CQNW2pcwYLWBCY/7Agassi9hwEr7EgastC9hwEr7EgYswHquL2HASvsSBqy0L2HASvsSBqw2MOFxX8CA",
    "VfYlDFhpX8KAlfYlDFhpX8KABVjP9SUMWGlfwoCV9iUMWGlfwoDVBiY87gsYsMq+hAEr7UsYsNK+hAEr7UsYsADzJQwYMF/CgAHzJQxYU76E",
    "AasNTHjcFzBglX0JA1balzBgpX0JA1balzBgAeZLGDBgvoQBA+ZLGLCmfAkD1m39/MkagAVYgAVYgAVYgAELsAALsAALsAADFmABFmABFmAB",
    "BgwYsAALsAALsAALMGABFmABFmABFmDAAizAAizAAizAgAEDFmABFmABFmABBizAAizAAizAAgxYgAVYgAVYgAVYgAELsAALsAALsAADFmAB",
    "FmABFmABpgt53pbyGbqMD+BFPM+LeJ4X8Twv4nlexPu+hMd5Ee/7El73JbzuS3jdl/C6L+F1X8LrvoTXfQmv+xJe9yUMWGlfwuu+hAEr7UsY",
    "sNK+hAEr7Tsh/Op3I3B/nIvvtjBgwCf79oUBAwYMeNc3LwwYMGDAgAEDBvxI37owYMCAAQMGDBgwYMCAAQMGDJjvjLALdsGAAQMGDBgwYMCA",
    "AQMGDBgw4GOEX4ABAwYMGDBgwAcC+y5cBxZgwAIswAIswAIswAIMWIAFWIAFWIAFGLAAC7AAC7AACzBgARZgARZgARZgAQYswAIswAIswAIM",
    "WIAFWIAFWN/qF1ThRT1VwIh0AAAAAElFTkSuQmCC",
  ].joined()
}
