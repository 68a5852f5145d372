// An HTTPS server that stands in for metrics-server: the API group is there, its lists are empty.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"log"
	"math/big"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

const group = "/apis/metrics.k8s.io"

type fields map[string]interface{}

var version = fields{"groupVersion": "metrics.k8s.io/v1beta1", "version": "v1beta1"}

var answers = map[string]fields{
	group: {
		"kind": "APIGroup", "apiVersion": "v1", "name": "metrics.k8s.io",
		"versions": []fields{version}, "preferredVersion": version,
	},
	group + "/v1beta1": {
		"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "metrics.k8s.io/v1beta1",
		"resources": []fields{
			{"name": "nodes", "singularName": "", "namespaced": false, "kind": "NodeMetrics", "verbs": []string{"get", "list"}},
			{"name": "pods", "singularName": "", "namespaced": true, "kind": "PodMetrics", "verbs": []string{"get", "list"}},
		},
	},
	group + "/v1beta1/nodes": emptyList("NodeMetricsList"),
	group + "/v1beta1/pods":  emptyList("PodMetricsList"),
}

func emptyList(kind string) fields {
	return fields{"kind": kind, "apiVersion": "metrics.k8s.io/v1beta1", "metadata": fields{}, "items": []fields{}}
}

// argument answers the value of --name=VALUE. The real program's other arguments mean nothing here.
func argument(name, otherwise string) string {
	for _, given := range os.Args[1:] {
		if strings.HasPrefix(given, "--"+name+"=") {
			return strings.TrimPrefix(given, "--"+name+"=")
		}
	}
	return otherwise
}

// certificate is the one that the arguments name, else one made for this start.
func certificate() (tls.Certificate, error) {
	if file := argument("tls-cert-file", ""); file != "" {
		return tls.LoadX509KeyPair(file, argument("tls-private-key-file", ""))
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		DNSNames:     []string{"metrics-server.kube-system.svc", "localhost"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(1, 0, 0),
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

func answer(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/livez", "/readyz", "/healthz":
		w.Write([]byte("ok"))
		return
	}
	body, known := answers[strings.TrimSuffix(r.URL.Path, "/")]
	if !known {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(body)
}

func main() {
	own, err := certificate()
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{
		Addr:      ":" + argument("secure-port", "4443"),
		Handler:   http.HandlerFunc(answer),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{own}},
	}
	go func() { log.Fatal(server.ListenAndServeTLS("", "")) }()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	<-signals
}
