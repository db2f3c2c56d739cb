extension Value {
  /// How deep a document may nest; deeper ones are refused in Go's words.
  ///
  /// Go stops at 10,000; ours is lower because whoever walks a tree recurses, and a thread's stack
  /// must hold the deepest tree that any reader lets in.
  package static let depthLimit = 1_000
}
