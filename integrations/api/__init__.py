"""The API of the flows room: files in, runs and their rejections out, orders for the ERP."""
