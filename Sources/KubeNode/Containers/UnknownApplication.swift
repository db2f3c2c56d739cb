import Linux

/// What an image outside of the catalogue runs: it accepts connections and says that it is nobody.
struct UnknownApplication: NetworkServer {
  let name: String
  let image: String
  /// Its declared ports; none answers on every port.
  let ports: [Int]

  func start(_ process: Linux.Process) async throws -> [ServerSocket] {
    let image = image
    let service = WebService { _ in
      WebResponse(text: "drydock: not simulated: what \(image) answers\n")
    }
    return (ports.isEmpty ? [0] : ports).map { port in
      ServerSocket(port) { try await service.serve($0) }
    }
  }
}
