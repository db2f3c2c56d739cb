/// A ServiceAccount's token for a Pod. It is signed when it is read first, which it seldom is.
package final class IssuedToken: Equatable {
  package private(set) lazy var text = sign()
  private let sign: () -> String

  package init(sign: @escaping () -> String) { self.sign = sign }

  package static func == (a: IssuedToken, b: IssuedToken) -> Bool { a === b }
}

/// A Pod's volume as its containers see it.
package final class Volume {
  package enum Source {
    /// Lives as long as the Pod on its node.
    case emptyDirectory(Medium)
    /// Files made of ConfigMaps, Secrets, the downward API and tokens; replaced when those change.
    case files([String: File])
    /// A path of the node.
    case hostPath(String)
    /// A claim's data, which outlives the Pod: what tells the storage behind the volume.
    case persistent(String)
    /// The files of an image, under the name that it was asked for by.
    case image(Image, name: String)
  }

  package enum Medium: Hashable, Sendable {
    case disk
    /// A tmpfs of at most so many bytes.
    case memory(size: Int?)
  }

  package struct File: Equatable {
    package var content: Content
    package var mode: Int

    package var bytes: [UInt8] {
      switch content {
      case .text(let text): Array(text.utf8)
      case .bytes(let bytes): bytes
      case .token(let token): Array(token.text.utf8)
      }
    }
  }

  /// What a file holds. Thousands of Pods share the text of one ConfigMap.
  package enum Content: Equatable {
    case text(String)
    case bytes([UInt8])
    case token(IssuedToken)
  }

  package let name: String
  package var source: Source
  /// The group that its files belong to (fsGroup), where the Pod names one.
  package let group: Int?
  /// Whether its files are in memory: of an emptyDir that asks for it, Secrets and tokens.
  package let isInMemory: Bool
  /// Counts the replacements of `source`, so that a runtime knows when to show new files.
  package private(set) var revision = 0

  /// A CSI driver's volume as nodes' statuses name it.
  var driverVolume: String? {
    guard case .persistent(let storage) = source, storage.hasPrefix("csi/") else { return nil }
    let parts = storage.split(separator: "/", maxSplits: 2)
    return parts.count == 3 ? "kubernetes.io/csi/\(parts[1])^\(parts[2])" : nil
  }

  /// Files made from objects, and images', cannot be written.
  var isReadOnlySource: Bool {
    switch source {
    case .files, .image: true
    case .emptyDirectory, .hostPath, .persistent: false
    }
  }

  package init(name: String, source: Source, group: Int? = nil, isInMemory: Bool = false) {
    self.isInMemory = isInMemory
    self.name = name
    self.source = source
    self.group = group
  }

  package func replace(_ files: [String: File]) {
    if case .files(let old) = source, old == files { return }
    source = .files(files)
    revision += 1
  }
}
