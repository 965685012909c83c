// Written by hand, row by row.

extension YAMLSubset {
  private static let comments = section(
    "Comments",
    [
      ("on lines of their own", "# x\na: 1\n# y\n", "{\"a\": \"1\"}"),
      ("behind a value, two spaces away", "tags: [x]  # y", "{\"tags\": [\"x\"]}"),
      ("behind a quoted value", "title: 'x' # y", "{\"title\": \"x\"}"),
      ("behind a title without quotes", "title: Sony #1", "yaml/cut-short (warning) {\"title\": \"Sony\"}"),
      ("in the place of a title", "title: #1 lamp", "yaml/cut-short"),
      ("between the items of a list", "- a\n# x\n- b", "[\"a\", \"b\"]"),
      ("nothing but comments", "# x\n", ""),
    ])

  private static let documents = section(
    "Documents",
    [
      ("nothing at all", "", ""),
      ("an explicit start", "---\na: 1", "{\"a\": \"1\"}"),
      ("several", "a: 1\n---\nb: 2", "{\"a\": \"1\"} {\"b\": \"2\"}"),
      ("an explicit end", "a: 1\n...\n---\nb: 2", "{\"a\": \"1\"} {\"b\": \"2\"}"),
      ("an empty document", "---\n---\na: 1", "null {\"a\": \"1\"}"),
      ("a value on the marker's line", "--- x", "\"x\""),
      ("a mapping on the marker's line", "--- a: 1", "yaml/colon"),
      ("a marker in the midst of a list", "[a,\n---\nb]", "yaml/syntax"),
      ("a second value without a marker", "a: 1\n[b]", "yaml/colon"),
    ])

  private static let directivesAndTags = section(
    "Directives and tags",
    [
      ("a version directive", "%YAML 1.2\n---\na: 1", "yaml/directive"),
      ("a tag directive", "%TAG ! x\n---\na: 1", "yaml/directive"),
      ("an unknown directive", "%FOO\n---\na: 1", "yaml/directive"),
      ("a core tag", "a: !!str 1", "yaml/tag"),
      ("a tag of one's own", "a: !thing 1", "yaml/tag"),
      ("the tag that says nothing", "a: ! 1", "yaml/tag"),
      ("a tag in full", "a: !<tag:yaml.org,2002:str> 1", "yaml/tag"),
      ("a tag on a collection", "!!map {a: 1}", "yaml/tag"),
      ("a dangerous tag of other programs", "a: !!python/object/apply:os.system [x]", "yaml/tag"),
    ])

  private static let anchorsAndAliases = section(
    "Anchors and aliases",
    [
      ("of a scalar", "a: &x 1\nb: *x", "{\"a\": \"1\", \"b\": \"1\"}"),
      ("of a collection", "a: &x {b: [1]}\nc: *x", "{\"a\": {\"b\": [\"1\"]}, \"c\": {\"b\": [\"1\"]}}"),
      (
        "within each other", "a: &x [1]\nb: &y [*x, *x]\nc: *y",
        "{\"a\": [\"1\"], \"b\": [[\"1\"], [\"1\"]], \"c\": [[\"1\"], [\"1\"]]}"
      ),
      ("named again: the latest counts", "a: &x 1\nb: &x 2\nc: *x", "{\"a\": \"1\", \"b\": \"2\", \"c\": \"2\"}"),
      ("as a key", "&k a: 1\nb: *k", "{\"a\": \"1\", \"b\": \"a\"}"),
      ("of nothing", "a: *x", "yaml/alias"),
      ("of a later value", "a: *x\nb: &x 1", "yaml/alias"),
      ("of the value that it stands in", "a: &x [*x]", "yaml/alias"),
      ("from another document", "a: &x 1\n---\nb: *x", "yaml/alias"),
      ("text that begins with a star", "a: *", "yaml/alias"),
      ("an anchor on an empty value", "a: &x\nb: *x", "{\"a\": null, \"b\": null}"),
      (
        "a bomb",
        "a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d]",
        "yaml/expansion"
      ),
      ("a merge key", "a: &x {b: 1}\n<<: *x", "yaml/merge-key"),
    ])

  private static let keys = section(
    "Keys",
    [
      ("the same twice", "a: 1\na: 2", "yaml/duplicate-key"),
      ("the same twice further in", "x-a: {b: 1, b: 2}", "yaml/duplicate-key"),
      ("the same in two documents", "a: 1\n---\na: 2", "{\"a\": \"1\"} {\"a\": \"2\"}"),
      ("in quotes", "'a b': 1\n\"c\": 2", "{\"a b\": \"1\", \"c\": \"2\"}"),
      ("with a question mark", "? a\n: 1", "{\"a\": \"1\"}"),
      ("a list as a key", "? [a, b]\n: 1", "yaml/complex-key"),
      ("a map as a key", "{a: 1}: 2", "yaml/complex-key"),
      ("an empty key", ": 1", "yaml/syntax"),
      ("no value", "a:", "{\"a\": null}"),
      ("over two lines", "a\nb: 1", "yaml/colon"),
    ])

  private static let spaces = section(
    "Spaces, tabs and lines",
    [
      ("tabs as indentation", "a:\n\tb: 1", "yaml/tab"),
      ("tabs between values", "a:\t1", "{\"a\": \"1\"}"),
      ("a tab behind a value", "a: 1\t", "{\"a\": \"1\"}"),
      ("a tab before a dash", "-\t- a", "yaml/tab"),
      ("Windows line breaks", "a: 1\r\nb: 2\r\n", "{\"a\": \"1\", \"b\": \"2\"}"),
      ("old Mac line breaks", "a: 1\rb: 2", "{\"a\": \"1\", \"b\": \"2\"}"),
      ("spaces at line ends", "a: 1  \nb: 2 ", "{\"a\": \"1\", \"b\": \"2\"}"),
      (
        "a very long line", "a: " + String(repeating: "x", count: 3000),
        "{\"a\": \"" + String(repeating: "x", count: 3000) + "\"}"
      ),
      ("a key of more than a thousand characters", String(repeating: "x", count: 1100) + ": 1", "yaml/colon"),
      ("sixteen deep", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"),
      ("seventeen deep", "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", "yaml/depth"),
    ])

  private static let characters = section(
    "Characters",
    [
      ("a byte order mark", "\u{FEFF}a: 1", "{\"a\": \"1\"}"),
      ("UTF-16 with its mark", "‹FF›‹FE›a‹0›", "yaml/encoding"),
      ("UTF-16 without one", "a‹0›:‹0›", "yaml/encoding"),
      ("a byte that is not UTF-8", "a: ‹FF›", "yaml/encoding"),
      ("an overlong form", "a: ‹C0›‹80›", "yaml/encoding"),
      ("half of a surrogate pair in UTF-8", "a: ‹ED›‹A0›‹80›", "yaml/encoding"),
      ("NUL", "a: x‹0›y", "yaml/character"),
      ("a control character", "a: \u{1}", "yaml/character"),
      ("delete", "a: \u{7F}", "yaml/character"),
    ])

  static let structures = comments + documents + directivesAndTags + anchorsAndAliases + keys + spaces + characters
}
