package import Documents
package import KubeObjects

/// HorizontalPodAutoscalers, of both versions.
package struct HorizontalPodAutoscalerStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .horizontalPodAutoscalers }
  package var table: (any TableForm)? { ObjectTable.horizontalPodAutoscalers }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = nil
    applyStatusDefaults(&object)
  }

  private func applyStatusDefaults(_ object: inout Value) {
    Zeros.fill(&object, "status", ["desiredReplicas"])
    object["status"]?.fillAbsent("currentMetrics", .null)
  }

  package func applyDefaults(_ object: inout Value) {
    applyStatusDefaults(&object)
    object.update("spec") { spec in
      spec.fillAbsent("minReplicas", 1)
      if spec.items("metrics").isEmpty {
        spec["metrics"] = [
          [
            "type": "Resource",
            "resource": [
              "name": "cpu", "target": ["type": "Utilization", "averageUtilization": 80],
            ],
          ]
        ]
      }
      spec.updateEach("metrics") { metric in
        for kind in ["resource", "containerResource", "pods", "object", "external"] {
          metric.update(kind) { source in
            source.update("target") { target in
              ResourceDefaulting.canonicalize(&target, "averageValue")
              ResourceDefaulting.canonicalize(&target, "value")
            }
          }
        }
      }
      spec.update("behavior") { behavior in
        Self.fill(&behavior, "scaleUp", Self.upward)
        Self.fill(&behavior, "scaleDown", Self.downward)
      }
    }
  }

  private static func fill(_ behavior: inout Value, _ key: String, _ rules: Value) {
    behavior.fillAbsent(key, [:])
    behavior.update(key) { own in
      for (name, value) in rules.object ?? [:] { own.fillAbsent(name, value) }
    }
  }

  private static let upward: Value = [
    "stabilizationWindowSeconds": 0, "selectPolicy": "Max",
    "policies": [
      ["type": "Pods", "value": 4, "periodSeconds": 15],
      ["type": "Percent", "value": 100, "periodSeconds": 15],
    ],
  ]
  private static let downward: Value = [
    "selectPolicy": "Max",
    "policies": [["type": "Percent", "value": 100, "periodSeconds": 15]],
  ]

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true)
      + HorizontalPodAutoscalerValidation.validate(object["spec"] ?? [:])
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    let errors = ObjectMetadata.validateUpdate(object, old: old)
    return errors
      + (context.subresource.isEmpty
        ? HorizontalPodAutoscalerValidation.validate(object["spec"] ?? [:])
        : StatusCounts.autoscaler.errors(object, old: old, context))
  }

  package func convert(
    _ object: Value, from: GroupVersion, to version: GroupVersion
  ) -> Value {
    version.version == "v1" ? toOlder(object) : fromOlder(object)
  }

  private func fromOlder(_ object: Value) -> Value {
    var out = object
    out["apiVersion"] = "autoscaling/v2"
    let others = FormerAutoscalerAnnotations.take(&out)
    if let percent = object["spec"]?["targetCPUUtilizationPercentage"]?.int {
      out["spec"]?["metrics"] = [
        [
          "type": "Resource",
          "resource": [
            "name": "cpu",
            "target": ["type": "Utilization", "averageUtilization": .int(percent)],
          ],
        ]
      ]
    }
    if !others.isEmpty {
      let own = out["spec"]?.items("metrics") ?? []
      out["spec"]?["metrics"] = .array(own + others)
    }
    out["spec"]?["targetCPUUtilizationPercentage"] = nil
    if let now = object["status"]?["currentCPUUtilizationPercentage"]?.int {
      out["status"]?["currentMetrics"] = [
        [
          "type": "Resource",
          "resource": ["name": "cpu", "current": ["averageUtilization": .int(now)]],
        ]
      ]
      out["status"]?["currentCPUUtilizationPercentage"] = nil
    }
    return out
  }

  private func toOlder(_ object: Value) -> Value {
    var out = object
    out["apiVersion"] = "autoscaling/v1"
    let isProcessor: (Value) -> Bool = {
      $0.text("type") == "Resource" && $0["resource"]?.text("name") == "cpu"
    }
    if let metric = object["spec"]?.items("metrics").first(where: isProcessor) {
      out["spec"]?["targetCPUUtilizationPercentage"] =
        metric["resource"]?["target"]?["averageUtilization"]
    }
    if let metric = object["status"]?.items("currentMetrics").first(where: isProcessor) {
      out["status"]?["currentCPUUtilizationPercentage"] =
        metric["resource"]?["current"]?["averageUtilization"]
    }
    FormerAutoscalerAnnotations.write(&out)
    for field in ["metrics", "behavior"] { out["spec"]?[field] = nil }
    for field in ["currentMetrics", "conditions"] { out["status"]?[field] = nil }
    Zeros.fill(&out, "status", ["currentReplicas", "desiredReplicas"])
    return out
  }
}
