/// What each flag is for, in a few words; flags of one name mean the same everywhere.
enum FlagHelp {
  static func text(_ name: String) -> String { texts[name] ?? "" }

  private static let texts: [String: String] = [:]
}
