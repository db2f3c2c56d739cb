import Documents
import KubeObjects

/// kubectl create service and its four types.
enum CreateService {
  static let specification = CommandSpecification(
    name: "service", aliases: ["svc"], usage: "service [flags]",
    summary: "Create a service using a specified subcommand",
    about: "Create a service using a specified subcommand.",
    subcommands: [
      kind(
        "clusterip", "ClusterIP", "NAME [--tcp=<port>:<targetPort>]", "Create a ClusterIP service",
        "clusterip:string tcp:list"),
      kind(
        "externalname", "ExternalName", "NAME --external-name external.name",
        "Create an ExternalName service", "external-name:string tcp:list",
        required: ["external-name"]),
      kind(
        "loadbalancer", "LoadBalancer", "NAME [--tcp=port:targetPort]",
        "Create a LoadBalancer service", "tcp:list"),
      kind(
        "nodeport", "NodePort", "NAME [--tcp=port:targetPort]", "Create a NodePort service",
        "node-port:int=0 tcp:list"),
    ], isErrorAlone: true)

  private static func kind(
    _ name: String, _ type: String, _ usage: String, _ summary: String, _ flags: String,
    required: [String] = []
  ) -> CommandSpecification {
    CommandSpecification(
      name: name, usage: "\(name) \(usage) [--dry-run=server|client|none]", summary: summary,
      about: "Create a \(type) service with the specified name.",
      examples: [
        (
          "A service for the pods labelled app=web",
          "kubectl create service \(name) web "
            + (name == "externalname" ? "--external-name far.example.org" : "--tcp=80:8080")
        )
      ], flags: Creation.flags + Flag.list(flags), required: required,
      run: { try await run($0, type) })
  }

  private static func run(_ call: Invocation, _ type: String) async throws {
    let creation = try Creation(call, .services)
    let values = call.values
    let address = values.string("clusterip")
    let texts = values.strings("tcp")
    if texts.isEmpty, type != "ExternalName", address != "None" {
      throw CommandError.text("at least one tcp port specifier must be provided")
    }
    let nodePort = values.int("node-port")
    let ports = try texts.map { try port($0, nodePort: nodePort) }
    if type == "ExternalName" {
      let name = values.string("external-name")
      guard NameRule.dns1123Subdomain.problems(name).isEmpty else {
        throw CommandError.text("invalid service external name \(name)")
      }
    }
    let labels = ["app": creation.name]
    var spec: Value = ["selector": .strings(labels), "type": .string(type)]
    if !ports.isEmpty { spec["ports"] = .array(ports) }
    if !address.isEmpty { spec["clusterIP"] = .string(address) }
    if type == "ExternalName" { spec["externalName"] = .string(values.string("external-name")) }
    let object = try await creation.frame(
      ["spec": spec, "status": ["loadBalancer": [:]]], labels: labels)
    try await creation.finish(object, failure: "failed to create \(type) service: ")
  }

  /// `80`, `80:8080`, `80:web`.
  private static func port(_ text: String, nodePort: Int) throws -> Value {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let number = try unsigned(String(parts[0]))
    var port: Value = [
      "name": .string(text.replacing(":", with: "-")), "port": .int(number), "protocol": "TCP",
      "targetPort": .int(number),
    ]
    if parts.count > 1 {
      let target = String(parts[1])
      if let value = Int64(target) {
        guard (1...65535).contains(value) else {
          throw CommandError.text("must be between 1 and 65535, inclusive")
        }
        port["targetPort"] = .int(value)
      } else {
        let problems = PortName.problems(target)
        if !problems.isEmpty { throw CommandError.text(problems.joined(separator: ",")) }
        port["targetPort"] = .string(target)
      }
    }
    if nodePort != 0 { port["nodePort"] = .int(Int64(nodePort)) }
    return port
  }

  private static func unsigned(_ text: String) throws -> Int64 {
    switch GoNumber.int(text, bits: 16, signed: false) {
    case .success(let value): return value
    case .failure(let error):
      throw CommandError.text("strconv.ParseUint: parsing \(Go.quoted(text)): \(error.text)")
    }
  }
}

/// What is wrong with a text as the name of a port.
enum PortName {
  static func problems(_ text: String) -> [String] {
    var problems: [String] = []
    if text.utf8.count > 15 { problems.append("must be no more than 15 characters") }
    let letters = text.unicodeScalars.allSatisfy {
      $0.isASCII
        && ($0.properties.isLowercase || ("0"..."9").contains($0) || $0 == "-"
          || ("A"..."Z").contains($0))
    }
    if text.isEmpty || !letters {
      problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    }
    if !text.unicodeScalars.contains(where: { ("a"..."z").contains($0) || ("A"..."Z").contains($0) }
    ) {
      problems.append("must contain at least one letter (a-z)")
    }
    if text.contains("--") { problems.append("must not contain consecutive hyphens") }
    if text.hasPrefix("-") || text.hasSuffix("-") {
      problems.append("must not begin or end with a hyphen")
    }
    return problems
  }
}
