/// Where one learner's data is kept: `DRYDOCK_HOME`, else drydock's place in the XDG data folder.
package struct DataFolder: Hashable, Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  /// nil when the environment names no folder at all. A relative XDG_DATA_HOME is ignored, as the
  /// XDG specification wants it.
  package init?(environment: [String: String]) {
    if let own = environment["DRYDOCK_HOME"], !own.isEmpty {
      path = own
    } else if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
      path = data + "/drydock"
    } else if let home = environment["HOME"], !home.isEmpty {
      path = home + "/.local/share/drydock"
    } else {
      return nil
    }
  }

  package var database: String { path + "/record.sqlite" }
}
