"""What samples are worth, always beside what real data is worth by the same measure.

Names are imported from the files: a process that examines molecules is to import no torch.
"""
