import KubeObjects

/// The controller's nginx.conf, for people who look into it: its servers and locations.
struct NginxText {
  private let configuration: IngressConfiguration

  init(_ configuration: IngressConfiguration) { self.configuration = configuration }

  var text: String {
    let servers = configuration.servers.values.sorted { $0.host < $1.host }
    return """
      # Configuration checksum: drydock shows servers and locations only

      pid /tmp/nginx/nginx.pid;
      daemon off;
      worker_processes 2;

      events {
      \tmulti_accept        on;
      \tworker_connections  16384;
      \tuse                 epoll;
      }

      http {
      \tserver_tokens off;
      \tclient_header_timeout           60s;
      \tclient_body_timeout             60s;

      """ + servers.map(block).joined() + "}\n"
  }

  private func block(_ server: IngressConfiguration.Server) -> String {
    let name = server.host == IngressConfiguration.anyHost ? "_" : server.host
    var lines = ["", "\t## start server \(name)", "\tserver {", "\t\tserver_name \(name) ;", ""]
    lines += ["\t\tlisten 80  ;", "\t\tlisten 443  ssl;", "\t\tset $proxy_upstream_name \"-\";"]
    for location in server.locations { lines += self.lines(location, server) }
    lines += ["\t}", "\t## end server \(name)", ""]
    return lines.map { $0 + "\n" }.joined()
  }

  private func lines(
    _ location: IngressConfiguration.Location, _ server: IngressConfiguration.Server
  ) -> [String] {
    let sign =
      server.usesExpressions
      ? "~* \"^\(location.path)\"" : location.type == .exact ? "= \(location.path)" : location.path
    let parts = location.ingress.split(separator: "/").map(String.init)
    let annotations = location.annotations
    var lines = ["", "\t\tlocation \(sign) {"]
    lines += [
      "\t\t\tset $namespace      \"\(parts.first ?? "")\";",
      "\t\t\tset $ingress_name   \"\(parts.last ?? "")\";",
      "\t\t\tset $service_name   \"\(location.backend?.service ?? "")\";",
      "\t\t\tset $service_port   \"\(location.backend?.port.description ?? "")\";",
      "\t\t\tset $location_path  \"\(location.originalPath)\";",
    ]
    let upstream = location.backend?.upstreamName ?? "upstream-default-backend"
    lines.append("\t\t\tset $proxy_upstream_name \"\(upstream)\";")
    for source in annotations.allowedSources { lines.append("\t\t\tallow \(source);") }
    if !annotations.allowedSources.isEmpty { lines.append("\t\t\tdeny all;") }
    let limit = annotations["proxy-body-size"] ?? "1m"
    lines.append("\t\t\tclient_max_body_size                    \(limit);")
    lines += [
      "\t\t\tproxy_set_header Host                   $best_http_host;",
      "\t\t\tproxy_set_header X-Request-ID           $req_id;",
      "\t\t\tproxy_set_header X-Real-IP              $remote_addr;",
      "\t\t\tproxy_set_header X-Forwarded-For        $remote_addr;",
    ]
    if location.rewrites {
      lines.append("\t\t\trewrite \"(?i)\(location.path)\" \(annotations.rewriteTarget) break;")
    }
    let scheme = annotations.backendProtocol == "HTTPS" ? "https" : "http"
    lines += ["\t\t\tproxy_pass \(scheme)://upstream_balancer;", "\t\t}"]
    return lines
  }
}
