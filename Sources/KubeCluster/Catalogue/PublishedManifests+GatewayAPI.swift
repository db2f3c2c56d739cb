/// The kinds of the Gateway API, with their defaults and rules, as its releases have them.
extension PublishedManifests {
  static let gatewayAPI = ["/v1.6": 6, "/v1.5": 5, "/releases/latest": 6, "": 4]
    .sorted { $0.key > $1.key }
    .flatMap { mark, minor in
      ["standard", "experimental"].map { channel in
        let release = Release(minor: minor, channel: channel)
        return PublishedManifest(
          marks: ["gateway-api", mark, "/\(channel)-install.yaml"].filter { !$0.isEmpty },
          text: text(release))
      }
    }

  /// A minor version and one of its channels. Later ones promote what was experimental before: 1.5
  /// the CORS filter, TLSRoute, ListenerSet and ReferenceGrant, 1.6 TCPRoute.
  private struct Release {
    var minor: Int
    var channel: String

    var version: String { "v1.\(minor).0" }
    var isExperimental: Bool { channel == "experimental" }
  }

  private static func text(_ release: Release) -> String {
    var kinds = [
      kind(
        "GatewayClass", "gatewayclasses", "gc", release, isNamespaced: false,
        columns: classColumns, spec: classSpec, status: conditionStatus),
      kind(
        "Gateway", "gateways", "gtw", release, columns: gatewayColumns,
        spec: gatewaySpec(release), status: gatewayStatus),
      kind(
        "BackendTLSPolicy", "backendtlspolicies", "btlspolicy", release,
        versions: release.isExperimental ? ["v1", "v1alpha3"] : ["v1"], columns: "",
        spec: backendSecuritySpec, status: policyStatus),
      kind(
        "GRPCRoute", "grpcroutes", "", release, versions: ["v1"], columns: routeColumns,
        spec: routeSpec(rules: callRules), status: routeStatus),
      kind(
        "HTTPRoute", "httproutes", "", release, columns: routeColumns,
        spec: routeSpec(rules: webRules(release)), status: routeStatus),
      kind(
        "ReferenceGrant", "referencegrants", "refgrant", release,
        versions: release.minor >= 5 ? ["v1", "v1beta1"] : ["v1beta1"], stored: "v1beta1",
        columns: "", spec: grantSpec, status: ""),
    ]
    if release.minor >= 5 {
      kinds.append(
        kind(
          "ListenerSet", "listenersets", "lset", release, versions: ["v1"],
          columns: acceptedColumn + programmedColumn, spec: listenerSetSpec,
          status: gatewayStatus))
    }
    if release.isExperimental {
      kinds.append(
        kind(
          "UDPRoute", "udproutes", "", release, versions: ["v1alpha2"], columns: "",
          spec: streamSpec(hostnames: ""), status: routeStatus))
    }
    if release.isExperimental || release.minor >= 6 {
      kinds.append(
        kind(
          "TCPRoute", "tcproutes", "", release,
          versions: release.minor >= 6 ? ["v1", "v1alpha2"] : ["v1alpha2"], columns: "",
          spec: streamSpec(hostnames: ""), status: routeStatus))
    }
    if release.isExperimental || release.minor >= 5 {
      kinds.append(
        kind(
          "TLSRoute", "tlsroutes", "", release,
          versions: release.minor >= 5 ? ["v1"] : ["v1alpha2", "v1alpha3"],
          columns: release.minor >= 5 ? "" : routeColumns,
          spec: streamSpec(
            hostnames:
              "hostnames: {type: array, minItems: 1, maxItems: 16, items: \(gatewayHostname)}, "),
          status: routeStatus))
    }
    return kinds.joined(separator: "---\n")
  }

  private static func streamSpec(hostnames: String) -> String {
    "{type: object, required: [rules], properties: {\(hostnames)parentRefs: {type: array, maxItems: "
      + "32, \(parentRules), items: \(gatewayParentReference)}, rules: {type: array, minItems: 1, maxItems: 1, items: {type: "
      + "object, required: [backendRefs], properties: {name: \(gatewayName), backendRefs: {type: array, "
      + "minItems: 1, maxItems: 16, items: \(backend(""))}}}}}}"
  }

  private static func kind(
    _ kind: String, _ plural: String, _ short: String, _ release: Release,
    isNamespaced: Bool = true, versions: [String] = ["v1", "v1beta1"], stored: String? = nil,
    columns: String, spec: String, status: String
  ) -> String {
    let names = short.isEmpty ? "" : ", shortNames: [\(short)]"
    let served = versions.map { version in
      """
        - name: \(version)
          served: true
          storage: \(version == stored ?? versions.first)
          \(version.contains("alpha") && versions.contains("v1") ? "deprecated: true" : "")
          \(status.isEmpty ? "subresources: {}" : "subresources: {status: {}}")
          additionalPrinterColumns: [\(columns){jsonPath: .metadata.creationTimestamp, name: Age, type: date}\(kind == "GatewayClass" ? ", {jsonPath: .spec.description, name: Description, priority: 1, type: string}" : "")]
          schema:
            openAPIV3Schema:
              type: object
              required: [spec]
              properties:
                apiVersion: {type: string}
                kind: {type: string}
                metadata: {type: object}
                spec: \(spec)
                \(status.isEmpty ? "" : "status: \(status)")

      """
    }
    return """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: \(plural).gateway.networking.k8s.io
        annotations:
          api-approved.kubernetes.io: https://github.com/kubernetes-sigs/gateway-api/pull/3328
          gateway.networking.k8s.io/bundle-version: \(release.version)
          gateway.networking.k8s.io/channel: \(release.channel)
      spec:
        group: gateway.networking.k8s.io
        names: {categories: [gateway-api], kind: \(kind), listKind: \(kind)List, plural: \(plural), singular: \(kind.lowercased())\(names)}
        scope: \(isNamespaced ? "Namespaced" : "Cluster")
        versions:
      \(served.joined())
      """
  }

  // MARK: columns

  private static let classColumns =
    "{jsonPath: .spec.controllerName, name: Controller, type: string}, " + acceptedColumn
  private static let acceptedColumn =
    "{jsonPath: '.status.conditions[?(@.type==\"Accepted\")].status', name: Accepted, "
    + "type: string}, "
  private static let programmedColumn =
    "{jsonPath: '.status.conditions[?(@.type==\"Programmed\")].status', name: Programmed, "
    + "type: string}, "
  private static let gatewayColumns =
    "{jsonPath: .spec.gatewayClassName, name: Class, type: string}, "
    + "{jsonPath: '.status.addresses[*].value', name: Address, type: string}, "
    + programmedColumn
  private static let routeColumns = "{jsonPath: .spec.hostnames, name: Hostnames, type: string}, "

  // MARK: statuses

  static let gatewayConditions =
    "{type: array, maxItems: 8, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [type], "
    + "items: {type: object, required: [lastTransitionTime, message, reason, status, type], "
    + "properties: {lastTransitionTime: {type: string, format: date-time}, message: {type: string, "
    + "maxLength: 32768}, observedGeneration: {type: integer, format: int64, minimum: 0}, "
    + "reason: {type: string, minLength: 1, maxLength: 1024}, status: {type: string, "
    + "enum: ['True', 'False', Unknown]}, type: {type: string, maxLength: 316}}}}"
  private static let waiting =
    "[{lastTransitionTime: '1970-01-01T00:00:00Z', message: Waiting for controller, "
    + "reason: Pending, status: Unknown, type: "
  private static let conditionStatus =
    "{type: object, default: {conditions: \(waiting)Accepted}]}, properties: {conditions: "
    + "\(gatewayConditions), supportedFeatures: {type: array, items: {type: object, properties: {name: "
    + "{type: string}}}}}}"
  private static let gatewayStatus =
    "{type: object, default: {conditions: \(waiting)Accepted}, {lastTransitionTime: "
    + "'1970-01-01T00:00:00Z', message: Waiting for controller, reason: Pending, status: Unknown, "
    + "type: Programmed}]}, properties: {addresses: {type: array, items: {type: object, "
    + "properties: {type: {type: string}, value: {type: string}}}}, "
    + "attachedListenerSets: {type: integer, format: int32}, conditions: \(gatewayConditions), "
    + "listeners: {type: array, items: {type: object, required: [attachedRoutes, conditions, name], "
    + "properties: {attachedRoutes: {type: integer, format: int32}, conditions: \(gatewayConditions), "
    + "name: {type: string}, supportedKinds: {type: array, items: {type: object, properties: "
    + "{group: {type: string}, kind: {type: string}}}}}}}}}"
  private static let routeStatus =
    "{type: object, required: [parents], properties: {parents: {type: array, maxItems: 32, items: "
    + "{type: object, required: [controllerName, parentRef], properties: {conditions: "
    + "\(gatewayConditions), controllerName: {type: string}, parentRef: \(gatewayParentReference)}}}}}"

  // MARK: parts

  static let gatewayName = "{type: string, minLength: 1, maxLength: 253}"
  private static let namespace =
    "{type: string, minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'}"
  static let gatewayHostname =
    "{type: string, minLength: 1, maxLength: 253, pattern: "
    + "'^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'}"
  private static let port = "{type: integer, format: int32, minimum: 1, maximum: 65535}"
  static let gatewayParentReference =
    "{type: object, required: [name], properties: {group: {type: string, maxLength: 253, default: "
    + "gateway.networking.k8s.io}, kind: {type: string, minLength: 1, maxLength: 63, default: "
    + "Gateway}, name: \(gatewayName), namespace: \(namespace), port: \(port), sectionName: \(gatewayName)}}"
  private static let selector =
    "{type: object, x-kubernetes-map-type: atomic, properties: {matchLabels: {type: object, "
    + "additionalProperties: {type: string}}, matchExpressions: {type: array, items: {type: object, "
    + "required: [key, operator], properties: {key: {type: string}, operator: {type: string}, "
    + "values: {type: array, items: {type: string}}}}}}}"

  // MARK: specs

  private static let classSpec =
    "{type: object, required: [controllerName], properties: {controllerName: {type: string, "
    + "minLength: 1, maxLength: 253, pattern: "
    + "'^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/\\-._~%!$&()*+,;=:]+$', "
    + "x-kubernetes-validations: [{message: Value is immutable, rule: self == oldSelf}]}, "
    + "description: {type: string, maxLength: 64}, parametersRef: {type: object, required: [group, "
    + "kind, name], properties: {group: {type: string}, kind: {type: string}, name: \(gatewayName), "
    + "namespace: \(namespace)}}}}"

  private static let listener =
    "{type: object, required: [name, port, protocol], properties: {name: \(gatewayName), hostname: "
    + "\(gatewayHostname), port: \(port), protocol: {type: string, minLength: 1, maxLength: 255}, tls: "
    + "{type: object, properties: {mode: {type: string, default: Terminate, enum: [Terminate, "
    + "Passthrough]}, certificateRefs: {type: array, maxItems: 64, items: {type: object, required: "
    + "[name], properties: {group: {type: string, maxLength: 253, default: ''}, kind: {type: "
    + "string, default: Secret, minLength: 1, maxLength: 63}, name: \(gatewayName), namespace: "
    + "\(namespace)}}}, options: {type: object, additionalProperties: {type: string}}}, "
    + "x-kubernetes-validations: [{message: certificateRefs or options must be specified when mode "
    + "is Terminate, rule: \"self.mode == 'Terminate' ? size(self.certificateRefs) > 0 || "
    + "size(self.options) > 0 : true\"}]}, allowedRoutes: {type: object, default: {namespaces: "
    + "{from: Same}}, properties: {namespaces: {type: object, default: {from: Same}, properties: "
    + "{from: {type: string, default: Same, enum: [All, Selector, Same]}, selector: \(selector)}}, "
    + "kinds: {type: array, maxItems: 8, items: {type: object, required: [kind], properties: "
    + "{group: {type: string, default: gateway.networking.k8s.io}, kind: {type: string, minLength: "
    + "1, maxLength: 63}}}}}}}}"

  private static func gatewaySpec(_ release: Release) -> String {
    "{type: object, required: [gatewayClassName, listeners], properties: {gatewayClassName: "
      + "\(gatewayName), addresses: {type: array, maxItems: 16, items: {type: object, properties: {type: "
      + "{type: string, default: IPAddress}, value: {type: string}}}}, "
      + (release.minor >= 5 ? allowedListeners : "")
      + "infrastructure: {type: object, properties: {annotations: {type: object, "
      + "additionalProperties: {type: string}}, labels: {type: object, additionalProperties: {type: "
      + "string}}, parametersRef: {type: object, x-kubernetes-preserve-unknown-fields: true}}}, "
      + "listeners: \(listeners)}}"
  }

  private static let allowedListeners =
    "allowedListeners: {type: object, default: {namespaces: {from: None}}, properties: {namespaces: "
    + "{type: object, default: {from: None}, properties: {from: {type: string, default: None, enum: "
    + "[All, Selector, Same, None]}, selector: \(selector)}}}}, "

  private static let listenerSetSpec =
    "{type: object, required: [parentRef, listeners], properties: {parentRef: {type: object, "
    + "required: [name], properties: {group: {type: string, maxLength: 253, default: "
    + "gateway.networking.k8s.io}, kind: {type: string, minLength: 1, maxLength: 63, default: "
    + "Gateway}, name: \(gatewayName), namespace: \(namespace)}}, listeners: \(listeners)}}"

  /// Of a Gateway or a ListenerSet.
  private static let listeners =
    "{type: array, minItems: 1, "
    + "maxItems: 64, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name], items: "
    + "\(listener), x-kubernetes-validations: [{message: \"tls must not be specified for protocols "
    + "['HTTP', 'TCP', 'UDP']\", rule: \"self.all(l, l.protocol in ['HTTP', 'TCP', 'UDP'] ? "
    + "!has(l.tls) : true)\"}, {message: tls mode must be Terminate for protocol HTTPS, rule: "
    + "\"self.all(l, (l.protocol == 'HTTPS' && has(l.tls)) ? (l.tls.mode == '' || l.tls.mode == "
    + "'Terminate') : true)\"}, {message: \"hostname must not be specified for protocols ['TCP', "
    + "'UDP']\", rule: \"self.all(l, l.protocol in ['TCP', 'UDP'] ? (!has(l.hostname) || "
    + "l.hostname == '') : true)\"}, {message: Listener name must be unique within the Gateway, "
    + "rule: \"self.all(l1, self.exists_one(l2, l1.name == l2.name))\"}, {message: \"Combination of "
    + "port, protocol and hostname must be unique for each listener\", rule: \"self.all(l1, "
    + "self.exists_one(l2, l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && "
    + "has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && "
    + "!has(l2.hostname))))\"}]}"

  private static func routeSpec(rules: String) -> String {
    "{type: object, properties: {hostnames: {type: array, maxItems: 16, items: \(gatewayHostname)}, "
      + "parentRefs: {type: array, maxItems: 32, \(parentRules), items: \(gatewayParentReference)}, rules: \(rules)}}"
  }

  private static let headerName = #""^[A-Za-z0-9!#$%&'*+\\-.^_\\x60|~]+$""#

  private static var pairs: String {
    "{type: array, maxItems: 16, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name], "
      + "items: {type: object, required: [name, value], properties: {name: {type: string, "
      + "minLength: 1, maxLength: 256, pattern: \(headerName)}, type: {type: string, default: Exact, enum: [Exact, "
      + "RegularExpression]}, value: {type: string, minLength: 1, maxLength: 4096}}}}"
  }

  private static let modifier =
    "{type: object, properties: {add: \(values), set: \(values), remove: {type: array, items: "
    + "{type: string}}}}"
  private static let values =
    "{type: array, maxItems: 16, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name], "
    + "items: {type: object, required: [name, value], properties: {name: {type: string, minLength: "
    + "1, maxLength: 256, pattern: \(headerName)}, value: {type: string, minLength: 1, maxLength: 4096}}}}"
  private static let path =
    "{type: object, required: [type], properties: {type: {type: string, enum: [ReplaceFullPath, "
    + "ReplacePrefixMatch]}, replaceFullPath: {type: string, maxLength: 1024}, replacePrefixMatch: "
    + "{type: string, maxLength: 1024}}, \(pathModifierRules)}"

  private static func backend(_ filters: String) -> String {
    "{type: object, required: [name], properties: {\(filters)group: {type: string, maxLength: 253, "
      + "default: ''}, kind: {type: string, minLength: 1, maxLength: 63, default: Service}, name: "
      + "\(gatewayName), namespace: \(namespace), port: \(port), weight: {type: integer, format: int32, "
      + "default: 1, minimum: 0, maximum: 1000000}}, x-kubernetes-validations: [{message: Must have "
      + "port for Service reference, rule: \"(size(self.group) == 0 && self.kind == 'Service') ? "
      + "has(self.port) : true\"}]}"
  }

  private static func filters(_ types: [String], _ more: String = "") -> String {
    "{type: array, maxItems: 16, \(filterListRules(types)), items: {type: object, required: [type], "
      + "\(filterRules(types)), properties: {type: {type: string, enum: [\(types.joined(separator: ", "))]}, \(more)extensionRef: {type: object, "
      + "x-kubernetes-preserve-unknown-fields: true}, requestHeaderModifier: \(modifier), "
      + "responseHeaderModifier: \(modifier), requestMirror: {type: object, required: [backendRef], "
      + "properties: {backendRef: \(backend("")), percent: {type: integer, format: int32}}}, "
      + "requestRedirect: {type: object, properties: {hostname: \(gatewayHostname), path: \(path), port: "
      + "\(port), scheme: {type: string, enum: [http, https]}, statusCode: {type: integer, default: "
      + "302, enum: [301, 302, 303, 307, 308]}}}, urlRewrite: {type: object, properties: {hostname: "
      + "\(gatewayHostname), path: \(path)}}}}}"
  }

  private static let duration = "{type: string, pattern: '^([0-9]{1,5}(h|m|s|ms)){1,4}$'}"
  private static let webTypes = [
    "RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "RequestRedirect",
    "URLRewrite", "ExtensionRef",
  ]
  private static let words = "{type: array, maxItems: 64, items: {type: string}}"
  private static let cors =
    "cors: {type: object, properties: {allowCredentials: {type: boolean}, allowHeaders: \(words), "
    + "allowMethods: {type: array, maxItems: 9, items: {type: string, enum: [GET, HEAD, POST, PUT, "
    + "DELETE, CONNECT, OPTIONS, TRACE, PATCH, '*']}}, allowOrigins: {type: array, maxItems: 64, "
    + "items: {type: string, minLength: 1, maxLength: 253, pattern: "
    + "'(^\\*$)|(^([a-zA-Z][a-zA-Z0-9+\\-.]+):\\/\\/([^:/?#]+)(:([0-9]{1,5}))?$)'}}, exposeHeaders: "
    + "\(words), maxAge: {type: integer, format: int32, default: 5, minimum: 1}}}, "

  private static func webFilters(_ release: Release) -> String {
    release.isExperimental || release.minor >= 5
      ? filters(webTypes + ["CORS"], cors) : filters(webTypes)
  }

  private static let retrying =
    "retry: {type: object, properties: {attempts: {type: integer}, backoff: \(duration), codes: "
    + "{type: array, items: {type: integer, minimum: 400, maximum: 599}}}}, sessionPersistence: "
    + "{type: object, properties: {absoluteTimeout: \(duration), idleTimeout: \(duration), "
    + "cookieConfig: {type: object, properties: {lifetimeType: {type: string, default: Session, "
    + "enum: [Permanent, Session]}}}, sessionName: {type: string, maxLength: 128}, type: {type: "
    + "string, default: Cookie, enum: [Cookie, Header]}}}, "
  private static let callFilters = filters([
    "ResponseHeaderModifier", "RequestHeaderModifier", "RequestMirror", "ExtensionRef",
  ])

  private static func webRules(_ release: Release) -> String {
    let filters = webFilters(release)
    let more = release.isExperimental ? retrying : ""
    return
      "{type: array, minItems: 1, maxItems: 16, default: [{matches: [{path: {type: PathPrefix, value: "
      + "/}}]}], items: {type: object, properties: {name: \(gatewayName), matches: {type: array, maxItems: "
      + "64, default: [{path: {type: PathPrefix, value: /}}], items: {type: object, properties: "
      + "{path: {type: object, default: {type: PathPrefix, value: /}, properties: {type: {type: "
      + "string, default: PathPrefix, enum: [Exact, PathPrefix, RegularExpression]}, value: {type: "
      + "string, default: /, maxLength: 1024}}, \(pathRules)}, headers: \(pairs), "
      + "queryParams: \(pairs), method: {type: string, enum: [GET, HEAD, POST, PUT, DELETE, "
      + "CONNECT, OPTIONS, TRACE, PATCH]}}}}, filters: \(filters), backendRefs: {type: array, "
      + "maxItems: 16, items: \(backend("filters: \(filters), "))}, \(more)timeouts: {type: object, "
      + "properties: {request: \(duration), backendRequest: \(duration)}, \(timeoutRules)}}, "
      + "\(webRuleRules)}}"
  }

  private static let callRules =
    "{type: array, maxItems: 16, items: {type: object, properties: {name: \(gatewayName), matches: {type: "
    + "array, maxItems: 64, items: {type: object, properties: {method: {type: object, properties: "
    + "{type: {type: string, default: Exact, enum: [Exact, RegularExpression]}, service: {type: "
    + "string, maxLength: 1024}, method: {type: string, maxLength: 1024}}, \(methodRules)}, headers: "
    + "\(pairs)}}}, "
    + "filters: \(callFilters), backendRefs: {type: array, maxItems: 16, items: "
    + "\(backend("filters: \(callFilters), "))}}}}"

  private static let grantSpec =
    "{type: object, required: [from, to], properties: {from: {type: array, minItems: 1, maxItems: "
    + "16, items: {type: object, required: [group, kind, namespace], properties: {group: {type: "
    + "string, maxLength: 253}, kind: {type: string, minLength: 1, maxLength: 63}, namespace: "
    + "\(namespace)}}}, to: {type: array, minItems: 1, maxItems: 16, items: {type: object, required: "
    + "[group, kind], properties: {group: {type: string, maxLength: 253}, kind: {type: string, "
    + "minLength: 1, maxLength: 63}, name: \(gatewayName)}}}}}"
}
