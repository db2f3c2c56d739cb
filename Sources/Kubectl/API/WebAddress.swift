/// A manifest's address on the web, as far as the simulation has one.
struct WebAddress {
  let text: String

  init(_ text: String) { self.text = text }

  func read(_ invocation: Invocation) async throws -> [UInt8] {
    if let manifest = invocation.published(text) { return manifest }
    let host = CommandError.host(of: text)
    // An address of the machine itself where nothing listens is refused like any other.
    if host.hasPrefix("127.") || host.hasPrefix("localhost") {
      throw CommandError.connection(
        url: text, reason: "dial tcp \(host): connect: connection refused")
    }
    throw CommandError.text(
      "unable to read URL \(Go.quoted(text)): drydock: not simulated: "
        + "there is no network beyond the cluster")
  }
}
