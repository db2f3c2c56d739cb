import Linux
import Simulation
import Testing

@testable import KubeCluster

/// ingress-nginx from its published manifest, and what goes through it.
@Suite struct IngressTests {
  private static let address =
    "https://raw.githubusercontent.com/kubernetes/ingress-nginx/controller-v1.14.0/deploy/static"
    + "/provider/baremetal/deploy.yaml"

  /// The controller, two echoing applications, and the shell variable P with its node port.
  private static func shop() -> Cluster {
    let cluster = Cluster(.kubeadm, seed: 1)
    let made = cluster.shell.run(
      """
      kubectl apply -f \(address) > /dev/null
      for app in one two; do
        kubectl create deployment $app --image=hashicorp/http-echo -- /http-echo -text=$app
        kubectl expose deployment $app --port=80 --target-port=5678
      done
      kubectl -n ingress-nginx wait --for=condition=Ready pod --all --timeout=120s
      kubectl wait --for=condition=Available deploy --all --timeout=120s
      P=$(kubectl -n ingress-nginx get svc ingress-nginx-controller \
        -o jsonpath='{.spec.ports[0].nodePort}')
      S=$(kubectl -n ingress-nginx get svc ingress-nginx-controller \
        -o jsonpath='{.spec.ports[1].nodePort}')
      N=192.168.56.11
      """)
    #expect(made.status == 0, "\(made)")
    return cluster
  }

  private static func ask(_ cluster: Cluster, _ lines: String) -> String {
    let answer = cluster.shell.run(lines)
    return answer.output + answer.errors
  }

  @Test("an Ingress sends hosts and paths to Services, and says 404 and 503 as nginx does")
  func routes() {
    let cluster = Self.shop()
    _ = Self.ask(
      cluster,
      """
      kubectl create ingress web --class=nginx --rule='a.example/=one:80' \
        --rule='a.example/two*=two:80' --rule='b.example/=nobody:80'
      sleep 1
      """)
    func curl(_ words: String) -> String { Self.ask(cluster, "curl -s \(words)") }
    #expect(curl("-H 'Host: a.example' http://$N:$P/") == "one\n")
    #expect(curl("-H 'Host: a.example' http://$N:$P/two/x") == "two\n")
    #expect(curl("--resolve a.example:$P:$N http://a.example:$P/two") == "two\n")
    let missing = curl("-H 'Host: c.example' http://$N:$P/")
    #expect(missing.contains("<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx<"))
    let nobody = curl("-H 'Host: b.example' http://$N:$P/")
    #expect(nobody.contains("503 Service Temporarily Unavailable"))
    let log = Self.ask(
      cluster, "kubectl -n ingress-nginx logs deploy/ingress-nginx-controller | grep two-80")
    #expect(log.contains("\"GET /two/x HTTP/1.1\" 200 4 \"-\" \"curl/8.5.0\""), "\(log)")
    #expect(log.contains("[default-two-80] [] 10.244."), "\(log)")
    let events = Self.ask(cluster, "kubectl describe ingress web")
    #expect(events.contains("Scheduled for sync"), "\(events)")
    let table = Self.ask(cluster, "sleep 61; kubectl get ingress web --no-headers")
    #expect(table.contains("a.example,b.example   192.168.56.1"), "\(table)")
    let trace = cluster.networkPrograms.map(\.name)
    #expect(trace == ["trace", "netpol", "topology"])
  }

  @Test("annotations rewrite, redirect, refuse and slow down")
  func annotations() {
    let cluster = Self.shop()
    func curl(_ words: String) -> String { Self.ask(cluster, "curl -s \(words)") }
    func mark(_ annotations: String...) {
      let marks = annotations.map { "nginx.ingress.kubernetes.io/\($0)" }.joined(separator: ", ")
      let made = Self.ask(
        cluster,
        """
        kubectl delete ingress web --ignore-not-found
        kubectl apply -f - <<EOF
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, annotations: {\(marks)}}
        spec:
          ingressClassName: nginx
          rules:
          - host: a.example
            http:
              paths:
              - path: /api(/|$)(.*)
                pathType: ImplementationSpecific
                backend: {service: {name: one, port: {number: 80}}}
              - path: /
                pathType: Prefix
                backend: {service: {name: two, port: {number: 80}}}
        EOF
        sleep 1
        """)
      #expect(made.contains("ingress.networking.k8s.io/web created\n"), "\(made)")
    }
    mark("use-regex: 'true'", "rewrite-target: '/\\$2'")
    #expect(curl("-H 'Host: a.example' http://$N:$P/api/x") == "one\n")
    mark("force-ssl-redirect: 'true'")
    let moved = curl("-i -H 'Host: a.example' http://$N:$P/x?y=1")
    #expect(moved.hasPrefix("HTTP/1.1 308 Permanent Redirect\r\n"), "\(moved)")
    #expect(moved.contains("Location: https://a.example/x?y=1\r\n"), "\(moved)")
    mark("whitelist-source-range: 10.0.0.0/8")
    #expect(curl("-o /dev/null -w '%{http_code}' -H 'Host: a.example' http://$N:$P/") == "403")
    mark("limit-rps: '1'")
    let codes = curl(
      "-o /dev/null -w '%{http_code} ' -H 'Host: a.example' "
        + (0..<8).map { _ in "http://$N:$P/" }.joined(separator: " "))
    #expect(codes == "200 200 200 200 200 200 503 503 ", "\(codes)")
    _ = Self.ask(
      cluster, "htpasswd -bc auth anna secret; kubectl create secret generic basic --from-file=auth"
    )
    mark("auth-type: basic", "auth-secret: basic", "auth-realm: staff")
    #expect(curl("-i -H 'Host: a.example' http://$N:$P/").contains("Basic realm=\"staff\""))
    #expect(curl("-u anna:secret -H 'Host: a.example' http://$N:$P/") == "two\n")
    #expect(
      curl("-u anna:wrong -o /dev/null -w '%{http_code}' -H 'Host: a.example' http://$N:$P/")
        == "401")
    _ = Self.ask(
      cluster,
      """
      kubectl create deployment guard --image=hashicorp/http-echo -- /http-echo -text=no -status-code=401
      kubectl expose deployment guard --port=80 --target-port=5678
      kubectl wait --for=condition=Available deploy/guard --timeout=60s
      """)
    mark("auth-url: http://one.default.svc.cluster.local/check")
    #expect(curl("-H 'Host: a.example' http://$N:$P/x") == "two\n")
    #expect(Self.ask(cluster, "kubectl logs deploy/one").contains("\"GET /check HTTP/1.1\" 200"))
    mark("auth-url: http://guard.default.svc.cluster.local/")
    #expect(
      curl("-o /dev/null -w '%{http_code}' -H 'Host: a.example' http://$N:$P/") == "401")
    mark(
      "auth-url: http://guard.default.svc.cluster.local/", "auth-signin: https://login.example/in")
    #expect(
      curl("-i -H 'Host: a.example' http://$N:$P/x?y=1").contains(
        "Location: https://login.example/in?rd=http://a.example%2Fx%3Fy%3D1\r\n"))
    mark("auth-url: http://nowhere.default.svc.cluster.local/")
    #expect(
      curl("-o /dev/null -w '%{http_code}' -H 'Host: a.example' http://$N:$P/") == "500")
    mark("mirror-target: http://one.default.svc.cluster.local\\$request_uri")
    #expect(curl("-H 'Host: a.example' http://$N:$P/copied") == "two\n")
    #expect(Self.ask(cluster, "sleep 1; kubectl logs deploy/one").contains("GET /copied"))
  }

  @Test("a canary takes the share, the header or the cookie that its annotations name")
  func canary() {
    let cluster = Self.shop()
    _ = Self.ask(
      cluster,
      """
      kubectl create ingress web --class=nginx --rule='a.example/=one:80'
      kubectl create ingress new --class=nginx --rule='a.example/=two:80' \
        --annotation=nginx.ingress.kubernetes.io/canary=true \
        --annotation=nginx.ingress.kubernetes.io/canary-by-header=X-New \
        --annotation=nginx.ingress.kubernetes.io/canary-weight=30
      sleep 1
      """)
    let always = Self.ask(
      cluster, "curl -s -H 'Host: a.example' -H 'X-New: always' http://$N:$P/")
    let never = Self.ask(cluster, "curl -s -H 'Host: a.example' -H 'X-New: never' http://$N:$P/")
    #expect(always == "two\n" && never == "one\n")
    let many = Self.ask(
      cluster,
      "for i in $(seq 60); do curl -s -H 'Host: a.example' http://$N:$P/; done | grep -c two")
    let share = Int(many.filter(\.isNumber)) ?? 0
    #expect((8...30).contains(share), "\(many)")
  }

  @Test("TLS: the Secret's certificate by name, the fake one for others, and a redirect")
  func secured() {
    let cluster = Self.shop()
    _ = Self.ask(
      cluster,
      """
      kubectl create ingress web --class=nginx --rule='a.example/=one:80,tls=missing'
      sleep 1
      """)
    let plain = Self.ask(cluster, "curl -s -i -H 'Host: a.example' http://$N:$P/")
    #expect(plain.hasPrefix("HTTP/1.1 308 Permanent Redirect\r\n"), "\(plain)")
    let fake = Self.ask(cluster, "curl -sS --resolve a.example:$S:$N https://a.example:$S/")
    #expect(fake.contains("curl: (60) SSL certificate problem: self-signed certificate"), "\(fake)")
    let seen = Self.ask(cluster, "curl -svk --resolve a.example:$S:$N https://a.example:$S/ 2>&1")
    #expect(
      seen.contains("subject: O=Acme Co; CN=Kubernetes Ingress Controller Fake Certificate"),
      "\(seen)")
    let lax = Self.ask(cluster, "curl -sk --resolve a.example:$S:$N https://a.example:$S/")
    #expect(lax == "one\n")
    let log = Self.ask(
      cluster, "kubectl -n ingress-nginx logs deploy/ingress-nginx-controller | grep missing")
    #expect(log.contains("Using default certificate"), "\(log)")
  }

  @Test(
    "a backend is spoken to by the protocol of its annotation, and its log says by which",
    arguments: [
      ("HTTPS", "200", "x"),
      ("HTTP", "400", "x"),
      ("GRPC", "502", "upstream: \"grpc://10."), ("GRPCS", "502", "upstream: \"grpcs://10."),
    ])
  func backendProtocol(_ name: String, _ status: String, _ words: String) {
    let cluster = Self.shop()
    _ = Self.ask(
      cluster,
      """
      openssl req -x509 -nodes -newkey rsa:2048 -keyout k -out c -subj /CN=app 2> /dev/null
      kubectl create secret tls nginxsecret --key k --cert c
      kubectl create configmap nginxconfigmap --from-literal=default.conf='server {
        listen 443 ssl; ssl_certificate /etc/nginx/ssl/tls.crt;
        ssl_certificate_key /etc/nginx/ssl/tls.key; root /usr/share/nginx/html; }'
      kubectl apply -f https://k8s.io/examples/service/networking/nginx-secure-app.yaml
      kubectl create service clusterip none --tcp=9000
      kubectl rollout status deploy/my-nginx
      kubectl create ingress web --class=nginx --rule='a.example/*=my-nginx:443' \
        --annotation=nginx.ingress.kubernetes.io/backend-protocol=\(name)
      sleep 1
      """)
    let told = Self.ask(
      cluster, "curl -s -o /dev/null -w '%{http_code}' -H 'Host: a.example' http://$N:$P/")
    #expect(told == status, "\(told)")
    guard words != "x" else { return }
    let log = Self.ask(cluster, "kubectl -n ingress-nginx logs deploy/ingress-nginx-controller")
    #expect(log.contains(words), "\(log)")
  }
}
