package import Documents
package import KubeObjects

/// Services.
package struct ServiceStrategy: Strategy {
  package init() {}
  package var resource: GroupVersionResource { .services }
  package var allowsCreateOnUpdate: Bool { true }
  package var table: (any TableForm)? { ObjectTable.services }

  package func applyDefaults(_ object: inout Value) {
    object.fillAbsent("spec", [:])
    object.update("spec") { spec in
      spec.fill("sessionAffinity", "None")
      if spec.text("sessionAffinity") == "None" { spec["sessionAffinityConfig"] = nil }
      if spec.text("sessionAffinity") == "ClientIP",
        spec["sessionAffinityConfig"]?["clientIP"]?["timeoutSeconds"]?.int == nil
      {
        spec["sessionAffinityConfig"] = ["clientIP": ["timeoutSeconds": 10800]]
      }
      spec.fill("type", "ClusterIP")
      let type = spec.text("type")
      let isExternal = ServiceAddresses.isExternal(spec)
      if type != "ExternalName" { spec.fillAbsent("internalTrafficPolicy", "Cluster") }
      if isExternal { spec.fill("externalTrafficPolicy", "Cluster") }
      if type == "LoadBalancer" { spec.fillAbsent("allocateLoadBalancerNodePorts", true) }
      spec.updateEach("ports") { port in
        port.fill("protocol", "TCP")
        switch port["targetPort"] {
        case nil, .null?, .int(0)?, .string("")?: port["targetPort"] = port["port"] ?? 0
        default: break
        }
      }
    }
    guard object["spec"]?.text("type") == "LoadBalancer" else { return }
    object.update("status") { status in
      status.update("loadBalancer") { balancer in
        balancer.updateEach("ingress") { point in
          if !point.text("ip").isEmpty { point.fillAbsent("ipMode", "VIP") }
        }
      }
    }
  }

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    object["status"] = ["loadBalancer": [:]]
  }

  package func prepareForUpdate(
    _ object: inout Value, old: Value, _ context: RequestContext
  ) {
    context.keepOtherParts(&object, old: old)
    guard context.subresource.isEmpty else { return }
    ServiceAddresses.dropUnused(&object, old: old)
    if object["spec"]?.text("type") != "LoadBalancer" {
      object["status"] = ["loadBalancer": [:]]
    }
  }

  package func begin(
    _ object: inout Value, old: Value?, _ context: RequestContext
  ) throws(StatusError) {
    guard context.subresource.isEmpty else { return }
    if let old { ServiceAddresses.patchAllocated(&object, old: old) }
    ServiceAddresses.normalize(&object, old: old)
    try ServiceAllocation(context).allocate(&object, old: old)
  }

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] {
    ObjectMetadata.validate(object, namespaced: true, .dns1123Label)
      + ServiceValidation.validate(object)
  }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] {
    var errors = ObjectMetadata.validateUpdate(
      object, old: old, andNew: context.subresource.isEmpty ? 1 : 0)
    if context.subresource == "status" {
      return errors + ServiceValidation.validate(statusOf: object, old: old)
    }
    errors += ServiceValidation.validateAddressChange(object, old: old)
    return errors + ServiceValidation.validate(object)
  }

  package var selectableFields: [String] { ["spec.clusterIP", "spec.type"] }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] {
    context.subresource.isEmpty ? ServiceWarnings.all(object) : []
  }
}
