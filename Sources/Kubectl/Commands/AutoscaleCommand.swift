import Documents
import KubeObjects

/// kubectl autoscale.
enum AutoscaleCommand {
  static let specification = CommandSpecification(
    name: "autoscale",
    usage: "autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS "
      + "[--cpu-percent=CPU] [--cpu=CPU] [--memory=MEMORY]",
    summary: "Auto-scale a deployment, replica set, stateful set, or replication controller",
    about:
      "Creates an autoscaler that automatically chooses and sets the number of pods that run in "
      + "a Kubernetes cluster. The command will attempt to use the autoscaling/v2 API first, "
      + "in case "
      + "of an error, it will fall back to autoscaling/v1 API.",
    examples: [
      ("Between two and ten", "kubectl autoscale deployment web --min=2 --max=10 --cpu-percent=80"),
      ("By memory in use", "kubectl autoscale deployment web --max=6 --memory=200Mi"),
    ],
    flags: .printing + .filename + .dryRun + .saveConfig + .manager("kubectl-autoscale")
      + Flag.list(
        "cpu:string cpu-percent:int32=-1 max:int32=-1 memory:string min:int32=-1 name:string"),
    required: ["max"], run: run)

  static func run(_ call: Invocation) async throws {
    let values = call.values
    let most = values.int("max")
    let least = values.int("min")
    if most < 1 {
      throw CommandError.text(
        "--max=MAXPODS is required and must be at least 1, max: \(most)")
    }
    if most < least {
      throw CommandError.text(
        "--max=MAXPODS must be larger or equal to --min=MINPODS, max: \(most), min: \(least)")
    }
    let metrics = try Self.metrics(values)
    let dryRun = try call.dryRun()
    let printer = try await ResultPrinter(call, operation: "autoscaled", dryRun: dryRun)
    var findings = try await Selection(call).find(call)
    var errors: [any Error] = []
    for info in findings.flattened {
      do {
        let object = try await autoscaler(of: info, metrics, call, dryRun)
        try printer.print(object)
      } catch {
        errors.append(error)
      }
    }
    findings.errors = errors + findings.errors
    try findings.check()
  }

  /// The autoscaler as it was made, or would be.
  private static func autoscaler(
    of info: ResourceInfo, _ metrics: [Value], _ call: Invocation, _ dryRun: Invocation.DryRun
  ) async throws -> Value {
    let values = call.values
    let least = values.int("min")
    guard try await call.mapper().serves("scale", of: info.resource) else {
      let resource = info.resource
      throw CommandError.text(
        "cannot autoscale a \(resource.kind): could not find scale subresource for "
          + "\(resource.group)/\(resource.version), Resource=\(resource.name) in discovery "
          + "information")
    }
    var spec: Value = [
      "maxReplicas": .int(Int64(values.int("max"))),
      "scaleTargetRef": [
        "apiVersion": .string(info.resource.groupVersion.description),
        "kind": .string(info.resource.kind), "name": .string(info.name),
      ],
    ]
    if least > 0 { spec["minReplicas"] = .int(Int64(least)) }
    if !metrics.isEmpty { spec["metrics"] = .array(metrics) }
    let name = values.string("name")
    var object: Value = [
      "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
      "metadata": [
        "creationTimestamp": .null, "name": .string(name.isEmpty ? info.name : name),
      ], "spec": spec, "status": ["currentMetrics": .null, "desiredReplicas": 0],
    ]
    if values.bool("save-config") { LastApplied.save(in: &object) }
    if dryRun != .client {
      let namespace = try await call.namespace().name
      object = try await call.client().send(
        "POST", APIResource.horizontalPodAutoscalers.path(namespace: namespace),
        Writing(call).query(dryRun: dryRun), body: object
      ).value
    }
    return object
  }

  // MARK: targets

  /// What is aimed at, as kubectl 1.34 and later read it: `--cpu` and `--memory` beside the older
  /// `--cpu-percent` (pkg/cmd/autoscale: Validate, createHorizontalPodAutoscalerV2).
  private static func metrics(_ values: FlagValues) throws -> [Value] {
    if values.changed("cpu-percent"), values.changed("cpu") {
      throw CommandError.text("--cpu-percent and --cpu are mutually exclusive")
    }
    let percent = values.int("cpu-percent")
    var metrics: [Value] = []
    if percent >= 0 { metrics.append(metric("cpu", utilization: Int64(percent))) }
    for (resource, unit) in [("cpu", "m"), ("memory", "Mi")] {
      let text = values.string(resource)
      if !text.isEmpty { metrics.append(try metric(resource, aim: text, unit: unit)) }
    }
    return metrics
  }

  private static func metric(_ resource: String, aim text: String, unit: String) throws -> Value {
    if text.hasSuffix("%") {
      let number = text.dropLast()
      guard let percent = Int32(number), percent >= 0 else {
        throw CommandError.text("invalid percentage value: \(number)")
      }
      return metric(resource, utilization: Int64(percent))
    }
    // A number alone counts thousandths of a processor, or mebibytes.
    let amount = Int64(text) == nil ? text : text + unit
    guard let quantity = try? Quantity(amount) else {
      throw CommandError.text("invalid resource \(resource) value: \(text)")
    }
    return metric(
      resource, target: ["averageValue": .string(quantity.description), "type": "AverageValue"])
  }

  private static func metric(_ resource: String, utilization percent: Int64) -> Value {
    metric(resource, target: ["averageUtilization": .int(percent), "type": "Utilization"])
  }

  private static func metric(_ resource: String, target: Value) -> Value {
    ["resource": ["name": .string(resource), "target": target], "type": "Resource"]
  }
}
