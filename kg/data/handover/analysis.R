# Reads the tables of this folder and measures the graph: with base R alone, with igraph, and with signnet and tergm where those
# are installed. It writes measures-actors.csv and measures-periods.csv beside them. Run it as: Rscript analysis.R
# As functions: source("analysis.R"); kg <- read_folder("."); measure_actors(kg)

read_table <- function(folder, name) {
  read.csv(file.path(folder, name), encoding = "UTF-8", na.strings = "", stringsAsFactors = FALSE, quote = "\"", comment.char = "")
}

# The vertices, the pairs by period, and which vertices exist and act in each period.
read_folder <- function(folder = ".") {
  kg <- list(nodes = read_table(folder, "nodes.csv"), dyads = read_table(folder, "dyad-period.csv"),
             vertices = read_table(folder, "vertices.csv"))
  kg$acts <- kg$dyads[kg$dyads$acts > 0, ]
  kg$periods <- sort(unique(as.character(kg$vertices$period)))
  kg
}

# Rows act, columns receive. One matrix over the same vertices for any choice of pairs, periods added up.
matrix_of <- function(kg, rows, value) {
  size <- nrow(kg$nodes)
  found <- matrix(0, size, size)
  if (nrow(rows) > 0) {
    sums <- rowsum(rows[[value]], (rows$target - 1) * size + rows$source)
    found[as.numeric(rownames(sums))] <- sums
  }
  found
}

in_period <- function(kg, period) kg$acts[!is.na(kg$acts$period) & kg$acts$period == period, ]

# Both directions of a pair together: 1 where the scores add up to more than 0, -1 where to less.
signs_of <- function(kg, rows = kg$acts) {
  scores <- matrix_of(kg, rows, "score")
  signs <- sign(round(scores + t(scores), 6))
  diag(signs) <- 0
  signs
}

# Triangles by sign. The trace of a product of three matrices counts each triangle six times, or two for mixed products.
count_triads <- function(signs) {
  tied <- rowSums(signs != 0) > 1
  signs <- signs[tied, tied, drop = FALSE]
  plus <- (signs > 0) * 1
  minus <- (signs < 0) * 1
  closed <- function(a, b, c) sum((a %*% b) * t(c))
  counts <- c(closed(plus, plus, plus) / 6, closed(plus, plus, minus) / 2, closed(plus, minus, minus) / 2, closed(minus, minus, minus) / 6)
  names(counts) <- c("+++", "++-", "+--", "---")
  round(counts)
}

share <- function(part, whole) if (whole > 0) part / whole else NA

balanced <- function(triads) share(triads[["+++"]] + triads[["+--"]], sum(triads))

measure_periods <- function(kg) {
  measure <- function(period) {
    rows <- in_period(kg, period)
    here <- kg$vertices[kg$vertices$period == period, ]
    tied <- matrix_of(kg, rows, "acts") > 0
    triads <- count_triads(signs_of(kg, rows))
    exists <- sum(here$exists)
    data.frame(period = period, vertices = exists, active = sum(here$active), pairs = sum(tied), acts = sum(rows$acts),
               cooperation = sum(rows$cooperation), conflict = sum(rows$conflict), density = share(sum(tied), exists * (exists - 1)),
               reciprocity = share(sum(tied & t(tied)), sum(tied)), triads = sum(triads), balanced = balanced(triads))
  }
  do.call(rbind, lapply(kg$periods, measure))
}

# Every act, dated or not.
measure_actors <- function(kg) {
  acts <- matrix_of(kg, kg$acts, "acts")
  tied <- (acts + t(acts)) > 0
  found <- data.frame(id = kg$nodes$id, label = kg$nodes$label, degree = rowSums(tied), strength = rowSums(acts) + colSums(acts),
                      out_strength = rowSums(acts), in_strength = colSums(acts),
                      friends = rowSums(signs_of(kg) > 0), foes = rowSums(signs_of(kg) < 0))
  if (requireNamespace("igraph", quietly = TRUE)) {
    pairs <- igraph::graph_from_adjacency_matrix(tied * 1, mode = "undirected")
    found$betweenness <- igraph::betweenness(pairs, normalized = nrow(found) > 2)
  }
  found
}

# The undirected graph whose edges are 1 or -1 that signnet works on.
signed_graph <- function(kg) {
  signs <- signs_of(kg)
  graph <- igraph::graph_from_adjacency_matrix(abs(signs), mode = "undirected")
  igraph::V(graph)$name <- as.character(kg$nodes$id)
  igraph::V(graph)$label <- kg$nodes$label
  igraph::E(graph)$sign <- signs[igraph::as_edgelist(graph, names = FALSE)]
  graph
}

# Who acted friendly towards whom, one network a period over the same vertices: what tergm models.
networks_of <- function(kg) {
  lapply(setNames(kg$periods, kg$periods), function(period) {
    friendly <- (matrix_of(kg, in_period(kg, period), "score") > 0) * 1
    one <- network::network(friendly, directed = TRUE, loops = FALSE)
    network::set.vertex.attribute(one, "vertex.names", as.character(kg$nodes$id))
    network::set.vertex.attribute(one, "label", kg$nodes$label)
    one
  })
}

take_looks <- function(kg, folder = ".") {
  cat(nrow(kg$nodes), "actors,", length(kg$periods), "periods,", sum(kg$acts$acts), "acts\n")
  if (nrow(kg$nodes) == 0) return(invisible())
  actors <- measure_actors(kg)
  write.csv(actors, file.path(folder, "measures-actors.csv"), row.names = FALSE, na = "", fileEncoding = "UTF-8")
  print(head(actors[order(-actors$strength, actors$id), -1], 10), row.names = FALSE)
  if (length(kg$periods) > 0) {
    periods <- measure_periods(kg)
    write.csv(periods, file.path(folder, "measures-periods.csv"), row.names = FALSE, na = "", fileEncoding = "UTF-8")
    print(tail(periods, 12), row.names = FALSE)
  }
  triads <- count_triads(signs_of(kg))
  cat("triads", paste(names(triads), triads, collapse = "  "), " balanced", format(balanced(triads), digits = 4), "\n")
  look_with_igraph(kg, folder)
  look_with_tergm(kg)
}

look_with_igraph <- function(kg, folder) {
  if (!requireNamespace("igraph", quietly = TRUE)) return(cat("igraph is not installed: no betweenness, no components\n"))
  all <- igraph::read_graph(file.path(folder, "network.graphml"), format = "graphml")
  parts <- igraph::components(all, mode = "weak")
  cat("igraph:", igraph::vcount(all), "vertices,", igraph::ecount(all), "directed pairs,", parts$no, "components, the largest of",
      max(parts$csize), "\n")
  signed <- signed_graph(kg)
  if (requireNamespace("signnet", quietly = TRUE) && igraph::ecount(signed) > 0) {
    print(signnet::count_signed_triangles(signed))
    if (igraph::count_triangles(signed)[1] >= 0 && sum(igraph::count_triangles(signed)) > 0) {
      cat("signnet: balanced", signnet::balance_score(signed, method = "triangles"), "\n")
    }
  }
}

# Two periods are enough for a separable model: ties that form, ties that persist. Estimation takes its time, so it waits for you:
#   fit <- tergm::tergm(networks ~ Form(~edges + mutual) + Persist(~edges + mutual), estimate = "CMLE", times = seq_along(networks))
look_with_tergm <- function(kg) {
  if (!requireNamespace("network", quietly = TRUE) || length(kg$periods) < 2) return(invisible())
  networks <- networks_of(kg)
  cat("network:", length(networks), "networks of", nrow(kg$nodes), "vertices, edges", vapply(networks, network::network.edgecount, 0), "\n")
  if (requireNamespace("sna", quietly = TRUE)) {
    cat("sna: reciprocity of edges", format(vapply(networks, function(one) unname(sna::grecip(one, measure = "edgewise")), 0), digits = 3), "\n")
  }
  if (requireNamespace("tergm", quietly = TRUE)) {
    series <- tergm::NetSeries(networks)
    cat("tergm: a series of", length(networks), "networks is ready\n")
    return(invisible(series))
  }
}

if (sys.nframe() == 0) take_looks(read_folder("."))
