/// Stands for a server that drydock does not run: it accepts connections and says that it is nobody.
package struct UnknownApplication: NetworkServer {
  package let name: String
  /// Whose answers are missing: the image, or the program.
  private let title: String
  /// Its declared ports; none answers on every port.
  private let ports: [Int]

  package init(name: String, title: String, ports: [Int]) {
    self.name = name
    self.title = title
    self.ports = ports
  }

  package func start(_ process: Process) async throws -> [ServerSocket] {
    let service = WebService { [title] _ in
      WebResponse(text: "drydock: not simulated: what \(title) answers\n")
    }
    return (ports.isEmpty ? [0] : ports).map { port in
      ServerSocket(port) { try await service.serve($0) }
    }
  }
}
