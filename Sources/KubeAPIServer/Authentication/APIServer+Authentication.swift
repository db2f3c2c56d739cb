import KubeObjects

extension APIServer {
  /// Who asks: by credential, then by impersonation.
  func authenticate(
    _ request: APIRequest, _ info: RequestInfo
  ) throws(StatusError) -> ServedUser {
    let user = try user(of: request)
    guard let wanted = try request.impersonated else { return ServedUser(user: user) }
    return try Impersonation(server: self, asker: user, wanted: wanted, question: info.question)
      .user()
  }

  /// Whose credential it is, whoever is impersonated with it.
  func user(of request: APIRequest) throws(StatusError) -> UserInfo {
    switch request.credential {
    case .component(let user): return user.authenticated
    case .anonymous:
      guard configuration.allowsAnonymous else { throw .unauthorized }
      return UserInfo(name: "system:anonymous", groups: ["system:unauthenticated"])
    case .bearer(let token):
      guard let user = user(ofToken: token) else { throw .unauthorized }
      return user.authenticated
    case .certificate:
      // The union of authenticators: a good certificate, else the token that came with it.
      guard
        let user = authenticator?.user(of: request.credential)
          ?? request.bearerToken.flatMap({ self.user(ofToken: $0) })
      else { throw .unauthorized }
      return user.authenticated
    }
  }

  private func user(ofToken token: String) -> UserInfo? {
    configuration.tokens[token] ?? authenticator?.user(of: .bearer(token))
  }
}

extension APIRequest {
  /// The token of its Authorization header.
  package var bearerToken: String? {
    let parts = (header("authorization") ?? "").split(separator: " ")
    guard parts.count >= 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }
}

extension UserInfo {
  /// With the group of all that showed who they are.
  var authenticated: UserInfo {
    if groups.contains("system:authenticated") || name == "system:anonymous" { return self }
    var user = self
    user.groups.append("system:authenticated")
    return user
  }
}
