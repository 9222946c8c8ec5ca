"""The parts of the extension; scripts/myself_i2i_recorder.py joins them to the webui."""
