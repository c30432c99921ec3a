"""kg: news text into a geopolitical knowledge graph."""
