package import Linux

/// Images that were built and pushed here: what registries of the simulated web hold beside the
/// catalogue's.
package final class ImageRegistry {
  private var pushed: [String: Image] = [:]
  /// Registries that somebody logged in to.
  package var logins: Set<String> = []

  package init() {}

  /// What a pull of any node or engine gives.
  package func pull(_ reference: ImageReference) -> Result<Image, PullFailure> {
    if let image = pushed[reference.canonical] { return .success(image) }
    let name = "\(reference.registry)/\(reference.repository):"
    if pushed.keys.contains(where: { $0.hasPrefix(name) }) { return .failure(.notFound) }
    return Images.pull(reference)
  }

  /// What somebody said of an image and signed, as it lies in the registry beside the image.
  package struct Signature: Sendable {
    package let claim: [UInt8]
    /// DER of the algorithm's name.
    package let algorithm: [UInt8]
    package let signature: [UInt8]

    package init(claim: [UInt8], algorithm: [UInt8], signature: [UInt8]) {
      self.claim = claim
      self.algorithm = algorithm
      self.signature = signature
    }
  }

  private var signed: [String: [Signature]] = [:]

  /// Adds a signature of `REPOSITORY@DIGEST`.
  package func sign(_ image: String, _ signature: Signature) {
    signed[image, default: []].append(signature)
  }

  package func signatures(of image: String) -> [Signature] { signed[image] ?? [] }

  package func push(_ image: Image, as reference: ImageReference) {
    pushed[reference.canonical] = image
  }
}

/// The files of an image that was built here.
package final class ImageFiles: Hashable, Sendable {
  package let id: String
  package let tree: FileTree

  package init(id: String, tree: FileTree) {
    self.id = id
    self.tree = tree
  }

  package static func == (left: ImageFiles, right: ImageFiles) -> Bool { left.id == right.id }
  package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
