/// The directives that nginx knows.
enum NginxDirectives {
  static let all: Set<String> = Set(
    """
    absolute_redirect accept_mutex access_log add_header add_trailer alias allow auth_basic
    auth_basic_user_file auth_request autoindex autoindex_exact_size autoindex_format
    autoindex_localtime break charset client_body_buffer_size client_body_timeout
    client_header_buffer_size client_header_timeout client_max_body_size connection_pool_size
    daemon debug_connection default_type deny directio disable_symlinks empty_gif env error_log
    error_page etag events expires fastcgi_buffers fastcgi_buffer_size fastcgi_connect_timeout
    fastcgi_index fastcgi_param fastcgi_pass fastcgi_read_timeout fastcgi_split_path_info geo
    grpc_pass gzip gzip_buffers gzip_comp_level gzip_disable gzip_http_version gzip_min_length
    gzip_proxied gzip_static gzip_types gzip_vary hash http http2 if if_modified_since
    ignore_invalid_headers include index internal ip_hash keepalive keepalive_requests
    keepalive_timeout large_client_header_buffers least_conn limit_conn limit_conn_zone
    limit_except limit_rate limit_req limit_req_status limit_req_zone listen load_module location
    lock_file log_format log_not_found map map_hash_bucket_size map_hash_max_size
    master_process merge_slashes mirror multi_accept open_file_cache pid port_in_redirect
    proxy_buffer_size proxy_buffering proxy_buffers proxy_busy_buffers_size proxy_cache
    proxy_cache_bypass proxy_cache_key proxy_cache_path proxy_cache_valid proxy_connect_timeout
    proxy_hide_header proxy_http_version proxy_intercept_errors proxy_next_upstream
    proxy_next_upstream_tries proxy_pass proxy_pass_header proxy_pass_request_body
    proxy_pass_request_headers proxy_read_timeout proxy_redirect proxy_request_buffering
    proxy_send_timeout proxy_set_body proxy_set_header proxy_ssl_server_name proxy_ssl_verify
    random real_ip_header real_ip_recursive reset_timedout_connection resolver resolver_timeout
    return rewrite rewrite_log root satisfy scgi_pass send_timeout sendfile server
    server_name server_name_in_redirect server_names_hash_bucket_size server_names_hash_max_size
    server_tokens set set_real_ip_from split_clients ssl_certificate ssl_certificate_key
    ssl_ciphers ssl_client_certificate ssl_dhparam ssl_ecdh_curve ssl_prefer_server_ciphers
    ssl_protocols ssl_session_cache ssl_session_tickets ssl_session_timeout ssl_stapling
    ssl_trusted_certificate ssl_verify_client ssl_verify_depth stream stub_status sub_filter
    sub_filter_once tcp_nodelay tcp_nopush timer_resolution try_files types types_hash_bucket_size
    types_hash_max_size underscores_in_headers upstream use user uwsgi_pass valid_referers
    variables_hash_max_size worker_connections worker_cpu_affinity worker_priority
    worker_processes worker_rlimit_nofile worker_shutdown_timeout working_directory xslt_types zone
    """.split { $0 == " " || $0 == "\n" }.map(String.init))
}
