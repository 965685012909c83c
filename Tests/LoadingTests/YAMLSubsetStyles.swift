// Written by hand, row by row.

extension YAMLSubset {
  private static let blockStyles = section(
    "Block styles",
    [
      ("block mapping", "a: 1\nb: 2", "{\"a\": \"1\", \"b\": \"2\"}"),
      ("block sequence", "- a\n- b", "[\"a\", \"b\"]"),
      ("sequence in a mapping, indented", "a:\n  - x\n  - y", "{\"a\": [\"x\", \"y\"]}"),
      ("sequence in a mapping, not indented", "a:\n- x\nb: 1", "{\"a\": [\"x\"], \"b\": \"1\"}"),
      ("mapping in a sequence", "- a: 1\n  b: 2\n- c: 3", "[{\"a\": \"1\", \"b\": \"2\"}, {\"c\": \"3\"}]"),
      ("sequence in a sequence", "- - a\n  - b\n- c", "[[\"a\", \"b\"], \"c\"]"),
      ("mapping in a mapping", "a:\n  b:\n    c: 1", "{\"a\": {\"b\": {\"c\": \"1\"}}}"),
      ("keys that are not aligned", "a: 1\n b: 2", "yaml/colon"),
      ("a dash that is not aligned", "- a\n - b\n- c", "[\"a - b\", \"c\"]"),
      ("a list that goes on as a map", "- a\nb: 1", "yaml/syntax"),
      ("one value alone", "just text", "\"just text\""),
    ])

  private static let flowStyles = section(
    "Flow styles",
    [
      ("flow sequence", "[a, b, c]", "[\"a\", \"b\", \"c\"]"),
      ("flow mapping", "{a: 1, b: 2}", "{\"a\": \"1\", \"b\": \"2\"}"),
      ("flow in flow", "{a: [1, {b: 2}]}", "{\"a\": [\"1\", {\"b\": \"2\"}]}"),
      ("a comma at the end", "[a, b,]", "[\"a\", \"b\"]"),
      ("empty collections", "{a: [], b: {}}", "{\"a\": [], \"b\": {}}"),
      ("flow over several lines", "a: [x,\n  y\n  ]", "{\"a\": [\"x\", \"y\"]}"),
      ("a single pair in a sequence", "[a: 1, b]", "[{\"a\": \"1\"}, \"b\"]"),
      ("a quoted key right before its colon", "{\"a\":1}", "{\"a\": \"1\"}"),
      ("keys without values in flow", "{a, b: }", "{\"a\": null, \"b\": null}"),
      ("two commas", "[a,,b]", "yaml/syntax"),
      ("no comma between quoted texts", "[\"a\" \"b\"]", "yaml/syntax"),
      ("never closed", "[a, b", "yaml/syntax"),
      ("closed twice", "[a]]", "yaml/syntax"),
      ("closed by the other bracket", "{a: 1]", "yaml/syntax"),
    ])

  private static let plainScalars = section(
    "Plain scalars",
    [
      ("words", "a: two words", "{\"a\": \"two words\"}"),
      ("over several lines", "a: one\n  two\n\n  three", "{\"a\": \"one two\\nthree\"}"),
      ("colon without a space", "a: b:c", "{\"a\": \"b:c\"}"),
      ("an address", "a: https://example.com/x", "{\"a\": \"https://example.com/x\"}"),
      ("a number sign without a space", "a: b#c", "{\"a\": \"b#c\"}"),
      ("a second colon and space", "a: b: c", "yaml/colon"),
      ("no space behind the colon of a key", "a: 1\nb:2", "yaml/colon"),
      (
        "dash, question mark and colon before letters", "a: -x\nb: ?x\nc: :x",
        "{\"a\": \"-x\", \"b\": \"?x\", \"c\": \":x\"}"
      ),
      ("begins with a percent sign", "a: %x", "yaml/syntax"),
      ("begins with an at sign", "a: @x", "yaml/syntax"),
      ("begins with a backtick", "a: `x`", "yaml/syntax"),
      ("letters of every script", "ключ: 値 ñ", "{\"ключ\": \"値 ñ\"}"),
      ("emoji", "a: 🚲", "{\"a\": \"🚲\"}"),
    ])

  private static let quotedScalars = section(
    "Quoted scalars",
    [
      ("single quotes", "a: 'x: y # z'", "{\"a\": \"x: y # z\"}"),
      ("a single quote in single quotes", "a: 'it''s'", "{\"a\": \"it's\"}"),
      ("double quotes with escapes", "a: \"x\\ty\\n\\\"\\\\\"", "{\"a\": \"x\\ty\\n\\\"\\\\\"}"),
      ("escapes by number", "a: \"\\x41\\u00e9\\U0001F6B2\"", "{\"a\": \"Aé🚲\"}"),
      ("an escaped slash", "a: \"\\/\"", "{\"a\": \"/\"}"),
      ("an escaped line break", "a: \"x\\\n  y\"", "{\"a\": \"xy\"}"),
      ("quoted over several lines", "a: \"x\n  y\n\n  z\"", "{\"a\": \"x y\\nz\"}"),
      ("empty quotes", "a: ''\nb: \"\"", "{\"a\": \"\", \"b\": \"\"}"),
      ("an unknown escape", "a: \"\\q\"", "yaml/quote"),
      ("half of a surrogate pair", "a: \"\\ud83d\"", "yaml/quote"),
      ("too few digits in an escape", "a: \"\\x4\"", "yaml/quote"),
      ("quotes that are never closed", "a: 'x", "yaml/quote"),
      ("text behind the closing quote", "a: 'x' y", "yaml/syntax"),
      ("a document marker in quotes", "a: \"x\n---\ny\"", "yaml/quote"),
    ])

  private static let blockScalars = section(
    "Block scalars",
    [
      ("literal", "a: |\n  x\n   y\n", "{\"a\": \"x\\n y\\n\"}"),
      ("folded", "a: >\n  x\n  y\n\n  z\n", "{\"a\": \"x y\\nz\\n\"}"),
      ("folded with a line that is further in", "a: >\n  x\n    y\n  z\n", "{\"a\": \"x\\n  y\\nz\\n\"}"),
      ("stripped", "a: |-\n  x\n\n", "{\"a\": \"x\"}"),
      ("kept", "a: |+\n  x\n\n", "{\"a\": \"x\\n\\n\"}"),
      ("indentation said", "a: |2\n   x\n", "{\"a\": \" x\\n\"}"),
      ("indentation and chomping, in either order", "a: |2-\n   x\nb: >-2\n   y\n", "{\"a\": \" x\", \"b\": \" y\"}"),
      ("a comment behind the indicator", "a: | # why\n  x\n", "{\"a\": \"x\\n\"}"),
      ("number signs and colons inside", "a: |\n  # x: y\n", "{\"a\": \"# x: y\\n\"}"),
      ("an empty block", "a: |\nb: 1", "{\"a\": \"\", \"b\": \"1\"}"),
      ("without a line break at the end", "a: |\n  x", "{\"a\": \"x\"}"),
      ("indentation of zero", "a: |0\n  x\n", "yaml/syntax"),
      ("text behind the indicator", "a: | x\n  y\n", "yaml/syntax"),
      ("a tab as its indentation", "a: |\n\tx\n", "yaml/tab"),
    ])

  static let styles = blockStyles + flowStyles + plainScalars + quotedScalars + blockScalars
}
