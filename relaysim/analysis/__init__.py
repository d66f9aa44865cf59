"""Analysis of a design without a run: mail paths, offered load, reach of a listing."""
