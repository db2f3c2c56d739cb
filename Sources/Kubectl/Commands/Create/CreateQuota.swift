import Documents
import KubeObjects

/// kubectl create quota.
enum CreateQuota {
  static let specification = CommandSpecification(
    name: "quota", aliases: ["resourcequota"],
    usage: "quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] "
      + "[--dry-run=server|client|none]",
    summary: "Create a quota with the specified name",
    about: "Create a resource quota with the specified name, hard limits, and optional scopes.",
    examples: [("At most five pods", "kubectl create quota few --hard=pods=5,requests.cpu=2")],
    flags: Creation.flags + Flag.list("hard:string scopes:string"), run: run)

  static func run(_ call: Invocation) async throws {
    let creation = try Creation(call, .resourceQuotas)
    var spec: Value = [:]
    let hard = try ResourceAmounts.parse(call.values.string("hard"))
    if !hard.isEmpty { spec["hard"] = .object(hard) }
    let scopes = call.values.string("scopes")
    if !scopes.isEmpty {
      spec["scopes"] = .array(
        scopes.split(separator: ",", omittingEmptySubsequences: false).map { .string(String($0)) })
    }
    try await creation.finish(
      creation.frame(["spec": spec, "status": [:]]), failure: "failed to create quota: ")
  }
}

/// Lists such as `cpu=1,memory=1Gi`.
enum ResourceAmounts {
  static func parse(_ text: String) throws -> Mapping {
    var amounts = Mapping()
    if text.isEmpty { return amounts }
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", omittingEmptySubsequences: false)
      guard pair.count == 2 else {
        throw CommandError.text("Invalid argument syntax \(part), expected <resource>=<value>")
      }
      do throws(Quantity.ParseError) {
        amounts[String(pair[0])] = .string(try Quantity(String(pair[1])).description)
      } catch {
        throw CommandError.text(error.description)
      }
    }
    return amounts
  }
}
