import Testing

@testable import KubeCluster

/// Pages of the documentation, worked through.
@Suite struct DocumentedTaskTests {
  private let desk = SurgeryDesk(.single)

  private func run(_ line: String) -> String { desk.run(line) }

  @Test("redis obeys the configuration that a ConfigMap mounts, and keeps lists")
  func redis() {
    _ = run(
      """
      kubectl create cm example-redis-config --from-literal=redis-config="$(printf 'maxmemory 2mb\\nmaxmemory-policy allkeys-lru\\n')"
      kubectl apply -f https://raw.githubusercontent.com/kubernetes/website/main/content/en/examples/pods/config/redis-pod.yaml
      kubectl wait --for=condition=Ready pod/redis
      """)
    let ask = "kubectl exec redis -- redis-cli "
    #expect(run(ask + "CONFIG GET maxmemory") == "maxmemory\n2097152\n")
    #expect(run(ask + "CONFIG GET 'maxmemory-*'") == "maxmemory-policy\nallkeys-lru\n")
    #expect(
      run(ask + "CONFIG SET maxmemory 1m; \(ask) config get maxmemory")
        == "OK\nmaxmemory\n1000000\n")
    #expect(
      run(ask + "rpush job apple banana; \(ask) lpush job first; \(ask) lrange job 0 -1")
        == "2\n3\nfirst\napple\nbanana\n")
    #expect(
      run(ask + "lpop job; \(ask) rpop job; \(ask) llen job; \(ask) get job")
        == "first\nbanana\n1\nWRONGTYPE Operation against a key holding the wrong kind of value\n")
    #expect(run(ask + "nope a") == "ERR unknown command 'NOPE', with args beginning with: 'a' \n")
  }

  @Test("what somebody told of a node is for Pods as soon as its kubelet has looked")
  func extendedResources() {
    _ = run(
      "kubectl patch node controlplane --subresource=status --type=json "
        + "-p='[{\"op\":\"add\",\"path\":\"/status/capacity/example.com~1dongle\",\"value\":\"4\"}]'; sleep 12"
    )
    let amount =
      "kubectl get node controlplane -o jsonpath='{.status.allocatable.example\\.com/dongle}'"
    #expect(run(amount) == "4")
    #expect(
      run(
        "kubectl apply -f https://k8s.io/examples/pods/resource/extended-resource-pod.yaml; "
          + "kubectl wait --for=condition=Ready pod/extended-resource-demo --timeout=60s"
      ).hasSuffix("condition met\n"))
    _ = run(
      "kubectl patch node controlplane --subresource=status --type=json "
        + "-p='[{\"op\":\"remove\",\"path\":\"/status/capacity/example.com~1dongle\"}]'; sleep 12")
    #expect(run(amount).isEmpty)
  }

  @Test("a copy for debugging runs the command that was given, without the old arguments")
  func copies() {
    _ = run("kubectl run app --image=busybox -- false; sleep 3")
    _ = run("kubectl debug app --copy-to=a --container=app -- echo hello")
    _ = run("kubectl debug app --copy-to=b --container=app --arguments-only -- true")
    #expect(
      run(
        "for p in a b; do kubectl get po $p -o jsonpath='{.spec.containers[0].command}{.spec.containers[0].args} '; done"
      )
        == "[\"echo\",\"hello\"] [\"true\"] ")
  }

  @Test("an endpoint that ends serves on, and is not ready")
  func termination() {
    _ = run(
      """
      kubectl apply -f https://k8s.io/examples/service/pod-with-graceful-termination.yaml
      kubectl apply -f https://k8s.io/examples/service/explore-graceful-termination-nginx.yaml
      kubectl wait --for=condition=Available deploy/nginx-deployment; sleep 1
      kubectl delete pod -l app=nginx --wait=false; sleep 10
      """)
    let slices = "kubectl get endpointslice -l kubernetes.io/service-name=nginx-service "
    #expect(
      run(
        slices + "-o jsonpath='{.items[0].endpoints[?(@.conditions.terminating==true)].conditions}'"
      )
        == "{\"ready\":false,\"serving\":true,\"terminating\":true}")
  }

  @Test("an application is connected with a Service, and secured with a certificate of its own")
  func connectingApplications() {
    let pages = "https://k8s.io/examples/service/networking"
    let made = desk.run(
      """
      kubectl run curl --image=radial/busyboxplus:curl -- sleep 36000
      openssl req -x509 -nodes -days 365 -newkey rsa:2048 -keyout nginx.key -out nginx.crt \
        -subj "/CN=my-nginx/O=my-nginx" 2> /dev/null
      kubectl create secret tls nginxsecret --key nginx.key --cert nginx.crt
      cat > default.conf <<'EOF'
      server {
              listen 80 default_server;
              listen [::]:80 default_server ipv6only=on;
              listen 443 ssl;
              root /usr/share/nginx/html;
              index index.html;
              server_name localhost;
              ssl_certificate /etc/nginx/ssl/tls.crt;
              ssl_certificate_key /etc/nginx/ssl/tls.key;
              location / { try_files $uri $uri/ =404; }
      }
      EOF
      kubectl create configmap nginxconfigmap --from-file=default.conf
      kubectl create -f \(pages)/nginx-secure-app.yaml
      kubectl apply -f \(pages)/curlpod.yaml
      kubectl rollout status deploy/my-nginx
      kubectl rollout status deploy/curl-deployment
      """)
    #expect(made.hasSuffix("deployment \"curl-deployment\" successfully rolled out\n"), "\(made)")
    let inside = "kubectl exec deploy/curl-deployment -- curl -sS https://my-nginx"
    #expect(run("\(inside) --cacert /etc/nginx/ssl/tls.crt").contains("Welcome to nginx!"))
    #expect(run("\(inside) -k").contains("Welcome to nginx!"))
    #expect(run(inside).contains("curl: (60) SSL certificate problem: self"))
    #expect(
      run("\(inside).default.svc --cacert /etc/nginx/ssl/tls.crt").contains(
        "curl: (60) SSL: certificate subject name 'my-nginx' does not match target host name "
          + "'my-nginx.default.svc'"))
    let port = run("kubectl get svc my-nginx -o jsonpath='{.spec.ports[1].nodePort}'")
    #expect(run("curl -sk https://192.168.56.10:\(port)").contains("Welcome to nginx!"))
    let plain = run("curl -si http://192.168.56.10:\(port)")
    #expect(plain.hasPrefix("HTTP/1.1 400 Bad Request\r\nServer: nginx/1."), "\(plain)")
    #expect(plain.contains("\r\nConnection: close\r\n"), "\(plain)")
    #expect(
      plain.contains(
        "<center><h1>400 Bad Request</h1></center>\r\n<center>The plain HTTP request was sent to "
          + "HTTPS port</center>\r\n"), "\(plain)")
  }
}
