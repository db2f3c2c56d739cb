extension PublishedExamples {
  /// Services, names, policies and Ingresses.
  static let networking: [String: String] = [
    "service/load-balancer-example.yaml": hello,
    "service/access/hello-application.yaml": """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: hello-world}
    spec:
      replicas: 2
      selector: {matchLabels: {run: load-balancer-example}}
      template:
        metadata: {labels: {run: load-balancer-example}}
        spec:
          containers:
          - name: hello-world
            image: us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0
            ports: [{containerPort: 8080, protocol: TCP}]

    """,
    "service/networking/run-my-nginx.yaml": """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: my-nginx}
    spec:
      replicas: 2
      selector: {matchLabels: {run: my-nginx}}
      template:
        metadata: {labels: {run: my-nginx}}
        spec: {containers: [{name: my-nginx, image: nginx, ports: [{containerPort: 80}]}]}

    """,
    "service/networking/nginx-svc.yaml": service(
      "my-nginx", "ports: [{port: 80, protocol: TCP}], selector: {run: my-nginx}",
      labels: "run: my-nginx"),
    "service/networking/hostaliases-pod.yaml": pod(
      "hostaliases-pod",
      "name: cat-hosts, image: 'busybox:1.28', command: [cat], args: [/etc/hosts]",
      """
      restartPolicy: Never
      hostAliases:
      - {ip: 127.0.0.1, hostnames: [foo.local, bar.local]}
      - {ip: 10.1.2.3, hostnames: [foo.remote, bar.remote]}
      """),
    "service/networking/custom-dns.yaml": pod(
      "dns-example", "name: test, image: nginx", namespace: "default",
      """
      dnsPolicy: None
      dnsConfig:
        nameservers: [192.0.2.1]
        searches: [ns1.svc.cluster-domain.example, my.dns.search.suffix]
        options: [{name: ndots, value: "2"}, {name: edns0}]
      """),
    "service/pod-with-graceful-termination.yaml": """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: nginx-deployment, labels: {app: nginx}}
    spec:
      replicas: 1
      selector: {matchLabels: {app: nginx}}
      template:
        metadata: {labels: {app: nginx}}
        spec:
          # Long, so that the endpoint can be looked at while its Pod ends.
          terminationGracePeriodSeconds: 120
          containers:
          - name: nginx
            image: nginx:latest
            ports: [{containerPort: 80}]
            lifecycle: {preStop: {exec: {command: [/bin/sh, -c, sleep 180]}}}
    """,
    "service/explore-graceful-termination-nginx.yaml": """
    apiVersion: v1
    kind: Service
    metadata: {name: nginx-service}
    spec: {selector: {app: nginx}, ports: [{protocol: TCP, port: 80, targetPort: 80}]}
    """,
    "service/networking/nginx-policy.yaml": policy(
      "access-nginx",
      """
      podSelector: {matchLabels: {app: nginx}}
        ingress: [{from: [{podSelector: {matchLabels: {access: "true"}}}]}]
      """),
    "service/networking/network-policy-default-deny-ingress.yaml": policy(
      "default-deny-ingress", "podSelector: {}\n  policyTypes: [Ingress]"),
    "service/networking/network-policy-default-deny-egress.yaml": policy(
      "default-deny-egress", "podSelector: {}\n  policyTypes: [Egress]"),
    "service/networking/network-policy-default-deny-all.yaml": policy(
      "default-deny-all", "podSelector: {}\n  policyTypes: [Ingress, Egress]"),
    "service/networking/network-policy-allow-all-ingress.yaml": policy(
      "allow-all-ingress", "podSelector: {}\n  ingress: [{}]\n  policyTypes: [Ingress]"),
    "service/networking/network-policy-allow-all-egress.yaml": policy(
      "allow-all-egress", "podSelector: {}\n  egress: [{}]\n  policyTypes: [Egress]"),
    "service/networking/networkpolicy.yaml": policy(
      "test-network-policy, namespace: default",
      """
      podSelector: {matchLabels: {role: db}}
        policyTypes: [Ingress, Egress]
        ingress:
        - from:
          - ipBlock: {cidr: 172.17.0.0/16, except: [172.17.1.0/24]}
          - namespaceSelector: {matchLabels: {project: myproject}}
          - podSelector: {matchLabels: {role: frontend}}
          ports: [{protocol: TCP, port: 6379}]
        egress:
        - to: [{ipBlock: {cidr: 10.0.0.0/24}}]
          ports: [{protocol: TCP, port: 5978}]
      """),
    "service/networking/minimal-ingress.yaml": """
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: minimal-ingress
      annotations: {nginx.ingress.kubernetes.io/rewrite-target: /}
    spec:
      ingressClassName: nginx-example
      rules:
      - http:
          paths:
          - path: /testpath
            pathType: Prefix
            backend: {service: {name: test, port: {number: 80}}}

    """,
    "service/networking/test-ingress.yaml": """
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: test-ingress}
    spec: {defaultBackend: {service: {name: test, port: {number: 80}}}}

    """,
    "service/networking/example-ingress.yaml": """
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: example-ingress}
    spec:
      ingressClassName: nginx
      rules:
      - host: hello-world.example
        http:
          paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: web, port: {number: 8080}}}

    """,
  ]

  private static let hello =
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: hello-world, labels: {app.kubernetes.io/name: load-balancer-example}}
    spec:
      replicas: 5
      selector: {matchLabels: {app.kubernetes.io/name: load-balancer-example}}
      template:
        metadata: {labels: {app.kubernetes.io/name: load-balancer-example}}
        spec:
          containers:
          - name: hello-world
            image: gcr.io/google-samples/hello-app:2.0
            ports: [{containerPort: 8080}]

    """

  private static func policy(_ name: String, _ spec: String) -> String {
    """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: \(name)}
    spec:
      \(spec)

    """
  }
}
