import Documents
import Shell

/// Changes one kubeconfig file among those in use: the one that holds a thing, or the default one.
struct ConfigurationChange {
  let call: Invocation
  let configuration: Kubeconfig

  init(_ call: Invocation) async throws {
    self.call = call
    configuration = try await call.configuration()
  }

  /// Where an entry is, or would be put.
  func path(of entry: Kubeconfig.Entry?) -> String { entry?.origin ?? defaultPath }

  var defaultPath: String {
    configuration.paths.first { call.surroundings.status($0) != nil } ?? configuration.paths.last
      ?? configuration.defaultPath
  }

  /// The file that says which context is current.
  func currentContextPath() async throws -> String {
    for path in configuration.paths where call.surroundings.status(path) != nil {
      let file = try await ConfigurationFile.read(path, call.surroundings)
      if !file.currentContext.isEmpty { return path }
    }
    return defaultPath
  }

  func change(_ path: String, _ body: (inout ConfigurationFile) throws -> Void) async throws {
    var file = ConfigurationFile()
    if call.surroundings.status(path) != nil {
      file = try await ConfigurationFile.read(path, call.surroundings)
    }
    try body(&file)
    do {
      if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
        let folder = String(path[..<slash])
        if call.surroundings.status(folder) == nil { try call.surroundings.makeDirectory(folder) }
      }
      try call.surroundings.writeFile(path, Array(YAMLText.text(file.value).utf8))
    } catch {
      throw CommandError.text("open \(path): \(error.text.lowercased())")
    }
  }
}
