extension ColumnDescriptions {
  /// Those that follow the first hundred.
  static let more = """
    Status of the component conditions
    Message of the component conditions
    Error of the component conditions
    Nodes that should run the daemon
    Nodes that run the daemon
    Nodes whose daemon is ready
    Nodes whose daemon is of the newest template
    Nodes whose daemon is available
    Labels of the nodes that run the daemon
    When it was seen last
    Normal or Warning
    Why it happened in one word
    What it happened to
    The part of the object
    Who reported it
    What happened
    When it was seen first
    How often it was seen
    The name of the IngressClass resource that should be used for additional configuration
    Hosts that incoming requests are matched against before the ingress rule
    Address is a list containing ingress points for the load-balancer
    Ports of TLS configurations that open
    Who holds it
    How many mutations it has
    The kind of its parameters
    The policy it binds
    The parameters it binds
    Webhooks indicates the number of webhooks registered in this configuration
    The status of the node
    The roles of the node
    Kubelet Version reported by the node.
    The node's address inside the cluster
    The node's address outside the cluster
    The node's operating system
    The node's kernel
    The node's container runtime
    How much it holds
    How it may be mounted
    What becomes of it when released
    Its phase
    The claim it is bound to
    Its class
    Its attributes class
    Why it is in its phase
    Filesystem or Block
    The minimum number of pods that must be available.
    The maximum number of pods that may be unavailable.
    Calculated number of pods that may be disrupted at this time.
    Replicas asked for
    Replicas there are
    Replicas that are ready
    Request represents a minimum amount of cpu/memory that a container may consume.
    Limits control the maximum amount of cpu/memory that a container may use independent of \
    contention on the node.
    Its node
    Its driver
    Its pool
    RoleRef can reference a Role in the current namespace or a ClusterRole in the global \
    namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.
    Users in the roleBinding
    Groups in the roleBinding
    ServiceAccounts in the roleBinding
    The status of the namespace
    """
}
