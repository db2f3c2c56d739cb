package import Linux

/// Images that were built and pushed here: what registries of the simulated web hold beside the
/// catalogue's.
package final class ImageRegistry {
  private var pushed: [String: Image] = [:]
  /// Registries that somebody logged in to.
  package private(set) var logins: [String: RegistryLogin] = [:]
  /// Whose a registry is: nobody else gets what it holds. One belongs to a company, others to who
  /// first logs in to them.
  private var accounts = [
    Images.privateRegistry: RegistryLogin(user: "deploy", password: "s3cret")
  ]

  package init() {}

  /// Remembers a login; whether the registry lets that account in.
  func logIn(_ login: RegistryLogin, to registry: String) -> Bool {
    if !Images.publicRegistries.contains(registry) {
      let account = accounts[registry] ?? login
      guard login == account else { return false }
      accounts[registry] = account
    }
    logins[registry] = login
    return true
  }

  func logOut(of registry: String) { logins[registry] = nil }

  /// Whether a registry belongs to somebody.
  func wantsLogin(_ registry: String) -> Bool { accounts[registry] != nil }

  /// What a pull by somebody gives who has these logins for the registry.
  package func pull(
    _ reference: ImageReference, with logins: [RegistryLogin]
  ) -> Result<Image, PullFailure> {
    if let account = accounts[reference.registry], !logins.contains(account) {
      return .failure(logins.isEmpty ? .wantsLogin : .wrongLogin)
    }
    return content(of: reference)
  }

  /// What a registry holds, whoever asks.
  package func content(of reference: ImageReference) -> Result<Image, PullFailure> {
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
