/// What the Gateway API's kinds refuse besides wrong types, by the rules and in the words of its
/// releases.
extension PublishedManifests {
  /// Validations of a schema, each a message and an expression.
  static func gatewayRules(_ rules: [(message: String, rule: String)]) -> String {
    func quoted(_ text: String) -> String {
      "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
    return "x-kubernetes-validations: ["
      + rules.map { "{message: \(quoted($0.message)), rule: \(quoted($0.rule))}" }
      .joined(separator: ", ") + "]"
  }

  /// A filter has the member that its type names, and no other.
  static func filterRules(_ types: [String]) -> String {
    gatewayRules(
      types.flatMap { type in
        let field =
          type == "URLRewrite"
          ? "urlRewrite"
          : type == "CORS" ? "cors" : type.prefix(1).lowercased() + type.dropFirst()
        return [
          (
            "filter.\(field) must be nil if the filter.type is not \(type)",
            "!(has(self.\(field)) && self.type != '\(type)')"
          ),
          (
            "filter.\(field) must be specified for \(type) filter.type",
            "!(!has(self.\(field)) && self.type == '\(type)')"
          ),
        ]
      })
  }

  /// Filters that may stand in a list once, and two that exclude each other.
  static func filterListRules(_ types: [String]) -> String {
    let once = [
      "RequestHeaderModifier", "ResponseHeaderModifier", "RequestRedirect", "URLRewrite",
    ].filter(types.contains).map {
      (
        message: "\($0) filter cannot be repeated",
        rule: "self.filter(f, f.type == '\($0)').size() <= 1"
      )
    }
    let exclusive = (
      message:
        "May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not "
        + "both",
      rule:
        "!(self.exists(f, f.type == 'RequestRedirect') && self.exists(f, f.type == 'URLRewrite'))"
    )
    return gatewayRules(types.contains("URLRewrite") ? [exclusive] + once : once)
  }

  static let pathModifierRules = gatewayRules(
    ["ReplaceFullPath", "ReplacePrefixMatch"].flatMap { type in
      let field = "r" + type.dropFirst()
      return [
        (
          "\(field) must be specified when type is set to '\(type)'",
          "self.type == '\(type)' ? has(self.\(field)) : true"
        ),
        (
          "type must be '\(type)' when \(field) is set",
          "has(self.\(field)) ? self.type == '\(type)' : true"
        ),
      ]
    })

  static let timeoutRules = gatewayRules([
    (
      "backendRequest timeout cannot be longer than request timeout",
      "!(has(self.request) && has(self.backendRequest) && duration(self.request) != "
        + "duration('0s') && duration(self.backendRequest) > duration(self.request))"
    )
  ])

  static let parentRules: String = {
    let same =
      "p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name && "
      + "(((!has(p1.__namespace__) || p1.__namespace__ == '') && (!has(p2.__namespace__) || "
      + "p2.__namespace__ == '')) || (has(p1.__namespace__) && has(p2.__namespace__) && "
      + "p1.__namespace__ == p2.__namespace__))"
    let none = { (p: String) in "(!has(\(p).sectionName) || \(p).sectionName == '')" }
    return gatewayRules([
      (
        "sectionName must be specified when parentRefs includes 2 or more references to the same "
          + "parent",
        "self.all(p1, self.all(p2, \(same) ? (\(none("p1")) == \(none("p2"))) : true))"
      ),
      (
        "sectionName must be unique when parentRefs includes 2 or more references to the same "
          + "parent",
        "self.all(p1, self.exists_one(p2, \(same) && ((\(none("p1")) && \(none("p2"))) || "
          + "(has(p1.sectionName) && has(p2.sectionName) && p1.sectionName == p2.sectionName))))"
      ),
    ])
  }()

  static let pathRules: String = {
    let plain = "(self.type in ['Exact','PathPrefix'])"
    let when = " when type one of ['Exact', 'PathPrefix']"
    let parts = ["//", "/./", "/../", "%2f", "%2F", "#"].map {
      (
        message: "must not contain '\($0)'\(when)",
        rule: "\(plain) ? !self.value.contains('\($0)') : true"
      )
    }
    let ends = ["/..", "/."].map {
      (
        message: "must not end with '\($0)'\(when)",
        rule: "\(plain) ? !self.value.endsWith('\($0)') : true"
      )
    }
    let first = (
      message: "value must be an absolute path and start with '/'\(when)",
      rule: "\(plain) ? self.value.startsWith('/') : true"
    )
    let valid = "^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$"
    let characters = (
      message: "must only contain valid characters (matching \(valid)) for types ['Exact', "
        + "'PathPrefix']",
      rule: "\(plain) ? self.value.matches(r\"\"\"\(valid)\"\"\") : true"
    )
    return gatewayRules([first] + parts + ends + [characters])
  }()

  /// Of a rule of an HTTPRoute: redirects go nowhere else, and a prefix is replaced where one is
  /// matched.
  static let webRuleRules: String = {
    func prefixed(_ type: String, _ field: String, _ place: String) -> String {
      let filters = "\(place).filters"
      return
        "(has(\(filters)) && \(filters).exists_one(f, has(f.\(field)) && has(f.\(field).path) && "
        + "f.\(field).path.type == 'ReplacePrefixMatch' && has(f.\(field).path.replacePrefixMatch)))"
    }
    let single =
      "((size(self.matches) != 1 || !has(self.matches[0].path) || self.matches[0].path.type != "
      + "'PathPrefix') ? false : true)"
    let redirect = (
      message: "RequestRedirect filter must not be used together with backendRefs",
      rule: "(has(self.backendRefs) && size(self.backendRefs) > 0) ? (!has(self.filters) || "
        + "self.filters.all(f, !has(f.requestRedirect))): true"
    )
    let own = [("RequestRedirect", "requestRedirect"), ("URLRewrite", "urlRewrite")].map {
      (
        message: "When using \($0.0) filter with path.replacePrefixMatch, exactly one PathPrefix "
          + "match must be specified",
        rule: "\(prefixed($0.0, $0.1, "self")) ? \(single) : true"
      )
    }
    return gatewayRules([redirect] + own)
  }()

  static let methodRules: String = {
    let service = "^(?i)\\.?[a-z_][a-z_0-9]*(\\.[a-z_][a-z_0-9]*)*$"
    let method = "^[A-Za-z_][A-Za-z_0-9]*$"
    func valid(_ field: String, _ pattern: String) -> (message: String, rule: String) {
      (
        message: "\(field) must only contain valid characters (matching \(pattern))",
        rule: "(!has(self.type) || self.type == 'Exact') && has(self.\(field)) ? "
          + "self.\(field).matches(r\"\"\"\(pattern)\"\"\"): true"
      )
    }
    return gatewayRules([
      (
        "One or both of 'service' or 'method' must be specified",
        "has(self.type) ? has(self.service) || has(self.method) : true"
      ), valid("service", service), valid("method", method),
    ])
  }()
}
