"""What leaves the graph as a file: pictures, graph formats, tables, pages, documents."""
