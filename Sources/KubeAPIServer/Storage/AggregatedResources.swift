package import Documents
package import KubeObjects

/// Makes the objects of an aggregated API when they are asked for.
package protocol ObjectSource: AnyObject {
  /// Sorted by namespace and name; an empty namespace means all.
  func objects(of resource: GroupVersionResource, namespace: String) -> [Value]
}

extension APIServer {
  /// Serves resources whose objects another server makes (kube-aggregator's proxy), read-only.
  package func aggregate(_ definitions: [ResourceDefinition], from source: any ObjectSource) {
    for definition in definitions {
      let resource = definition.resource
      table.add(
        ServedResource(
          definition, strategy: GenericStrategy(resource: resource), type: nil,
          storageVersion: resource.groupVersion,
          prefix: "/registry/\(resource.group)/\(resource.resource)/", source: source))
    }
  }

  /// Lets objects of a resource of its own be made when they are asked for.
  package func make(_ resource: GroupVersionResource, from source: any ObjectSource) {
    table[resource]?.source = source
  }

  /// Serves a group and version no longer.
  package func withdraw(_ groupVersion: GroupVersion) {
    for resource in table.ordered
    where resource.groupVersion == groupVersion && resource.source != nil {
      table.remove(resource)
    }
  }
}
