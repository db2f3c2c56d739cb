/// The kinds of the Network Policy API: policies of the cluster's administrator.
extension PublishedManifests {
  static let networkPolicyAPI =
    [
      PublishedManifest(
        marks: ["network-policy-api", "_clusternetworkpolicies.yaml"], text: clusterPolicy),
      PublishedManifest(
        marks: ["network-policy-api", "_baselineadminnetworkpolicies.yaml"], text: baselinePolicy),
      PublishedManifest(
        marks: ["network-policy-api", "_adminnetworkpolicies.yaml"], text: adminPolicy),
      PublishedManifest(
        marks: ["network-policy-api", "/v0.1.", "/install.yaml"],
        text: adminPolicy + "---\n" + baselinePolicy),
      PublishedManifest(
        marks: ["network-policy-api", "/install.yaml"], text: clusterPolicy),
    ]

  private static let clusterPolicy = kind(
    "ClusterNetworkPolicy", "clusternetworkpolicies", "cnp", "v1alpha2",
    columns: "{jsonPath: .spec.tier, name: Tier, type: string}, \(priorityColumn), ",
    required: "[priority, subject, tier]",
    properties: "tier: {type: string, enum: [Admin, Baseline]}, \(priority), ",
    actions: "[Accept, Deny, Pass]", ports: protocols)

  private static let adminPolicy = kind(
    "AdminNetworkPolicy", "adminnetworkpolicies", "anp", "v1alpha1",
    columns: "\(priorityColumn), ", required: "[priority, subject]", properties: "\(priority), ",
    actions: "[Allow, Deny, Pass]", ports: oldPorts)

  private static let baselinePolicy = kind(
    "BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies", "banp", "v1alpha1",
    columns: "", required: "[subject]", properties: "", actions: "[Allow, Deny]", ports: oldPorts,
    validation:
      "\n        x-kubernetes-validations: [{message: 'Only one baseline admin network policy "
      + "with metadata.name=\"default\" can be created in the cluster', rule: "
      + "'self.metadata.name == \"default\"'}]")

  private static let priorityColumn =
    "{jsonPath: .spec.priority, name: Priority, type: string}"
  private static let priority =
    "priority: {type: integer, format: int32, minimum: 0, maximum: 1000}"

  private static let selector =
    "{type: object, x-kubernetes-map-type: atomic, properties: {matchLabels: {type: object, "
    + "additionalProperties: {type: string}}, matchExpressions: {type: array, items: {type: object, "
    + "required: [key, operator], properties: {key: {type: string}, operator: {type: string}, "
    + "values: {type: array, items: {type: string}}}}}}}"
  private static let pods =
    "namespaces: \(selector), pods: {type: object, required: [namespaceSelector, podSelector], "
    + "properties: {namespaceSelector: \(selector), podSelector: \(selector)}}"
  private static func one(_ properties: String) -> String {
    "{type: object, minProperties: 1, maxProperties: 1, properties: {\(properties)}}"
  }

  private static let number = "{type: integer, format: int32, minimum: 1, maximum: 65535}"
  private static let transport = "{type: string, default: TCP, enum: [TCP, UDP, SCTP]}"
  private static let protocols =
    "protocols: {type: array, minItems: 1, maxItems: 25, items: "
    + one(
      ["tcp", "udp", "sctp"].map {
        "\($0): {type: object, minProperties: 1, properties: {destinationPort: "
          + one(
            "number: \(number), range: {type: object, required: [end, start], properties: {start: "
              + "\(number), end: \(number)}, x-kubernetes-validations: [{message: Start must be "
              + "less than End, rule: 'self.start < self.end'}]}") + "}}"
      }.joined(separator: ", ") + ", destinationNamedPort: {type: string, maxLength: 15}")
    + "}"
  private static let oldPorts =
    "ports: {type: array, maxItems: 100, items: "
    + one(
      "portNumber: {type: object, required: [port, protocol], properties: {port: \(number), "
        + "protocol: \(transport)}}, namedPort: {type: string}, portRange: {type: object, required: "
        + "[end, start], properties: {start: \(number), end: \(number), protocol: \(transport)}, "
        + "x-kubernetes-validations: [{message: Start must be less than End, rule: "
        + "'self.start < self.end'}]}") + "}"

  private static func rules(
    _ key: String, _ peers: String, _ actions: String, _ ports: String
  ) -> String {
    "{type: array, maxItems: 100, items: {type: object, required: [action, \(key)], properties: "
      + "{name: {type: string, maxLength: 100}, action: {type: string, enum: \(actions)}, \(key): "
      + "{type: array, minItems: 1, maxItems: 100, items: \(one(peers))}, \(ports)}}}"
  }

  private static func kind(
    _ kind: String, _ plural: String, _ short: String, _ version: String, columns: String,
    required: String, properties: String, actions: String, ports: String, validation: String = ""
  ) -> String {
    let outer =
      "\(pods), nodes: \(selector), networks: {type: array, minItems: 1, maxItems: 25, items: "
      + "{type: string, maxLength: 43, x-kubernetes-validations: [{message: Invalid CIDR format "
      + "provided, rule: 'isCIDR(self)'}]}}, domainNames: {type: array, minItems: 1, maxItems: 25, "
      + "items: {type: string}}"
    return """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: \(plural).policy.networking.k8s.io
        annotations:
          api-approved.kubernetes.io: https://github.com/kubernetes-sigs/network-policy-api/pull/30
          policy.networking.k8s.io/channel: standard
      spec:
        group: policy.networking.k8s.io
        names: {kind: \(kind), listKind: \(kind)List, plural: \(plural), shortNames: [\(short)], singular: \(kind.lowercased())}
        scope: Cluster
        versions:
        - name: \(version)
          served: true
          storage: true
          subresources: {status: {}}
          additionalPrinterColumns: [\(columns){jsonPath: .metadata.creationTimestamp, name: Age, type: date}]
          schema:
            openAPIV3Schema:
              type: object
              required: [metadata, spec]
              properties:
                apiVersion: {type: string}
                kind: {type: string}
                metadata: {type: object}
                spec: {type: object, required: \(required), properties: {\(properties)subject: \(one(pods)), ingress: \(rules("from", pods, actions, ports)), egress: \(rules("to", outer, actions, ports))}}
                status: {type: object, x-kubernetes-preserve-unknown-fields: true}\(validation)

      """
  }
}
