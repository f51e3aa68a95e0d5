"""Gram-Schmidt: the frame of a square matrix."""

import torch
from jaxtyping import Bool, Float, Num
from torch import Tensor


def orthonormalise(m: Num[Tensor, "*batch n n"]) -> Num[Tensor, "*batch n n"]:
    """Gram-Schmidt of the columns: the Q of a QR decomposition with a positive diagonal of R.

    Args:
        m: Matrices of any scale, real or complex.

    Returns:
        Orthogonal or unitary matrices. Where ``m`` is degenerate, a column being a sum of those
        before it or not finite, it is the identity, and no gradient flows: that of QR is infinite.

    Source:
        Mezzadri (2007), section 5. Without the signs, the result depends on the QR routine.
    """
    with torch.no_grad():
        height = torch.linalg.qr(m, mode="r").R.diagonal(dim1=-2, dim2=-1).abs()
        least = 8 * torch.finfo(m.dtype).eps * torch.linalg.vector_norm(m, dim=-2)
        degenerate = ~(height > least).all(-1)  # a NaN is degenerate too
    eye = torch.eye(m.shape[-1], dtype=m.dtype, device=m.device)
    return qr_with_signs(torch.where(degenerate[..., None, None], eye, m))


def qr_with_signs(m: Num[Tensor, "*batch n n"]) -> Num[Tensor, "*batch n n"]:
    """The same for matrices that are known not to be degenerate, such as random ones."""
    Q, R = torch.linalg.qr(m)
    diagonal = R.diagonal(dim1=-2, dim2=-1)
    if m.is_complex():
        size = diagonal.abs()
        phases = torch.where(size > 0, diagonal / torch.where(size > 0, size, 1.0), 1.0)
        return Q * phases.unsqueeze(-2)
    signs = torch.where(diagonal >= 0, 1.0, -1.0)  # sign(0) would be 0
    return Q * signs.unsqueeze(-2).to(m.dtype)


def proper(Q: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
    """Orthogonal matrices made rotations: the first column is turned round where it must be."""
    sign = torch.where(torch.linalg.det(Q) >= 0, 1.0, -1.0).to(Q.dtype)
    return torch.cat([Q[..., :1] * sign[..., None, None], Q[..., 1:]], dim=-1)


def gram_schmidt(
    m: Float[Tensor, "*batch 3 3"],
) -> tuple[Float[Tensor, "*batch 3 3"], Bool[Tensor, "*batch"]]:
    """Orthonormalise the columns of 3 by 3 matrices, in closed form.

    It is the same map as ``orthonormalise``, equivariant under O(3) from the left and of either
    determinant, but calls no QR routine, so that nothing has to leave a GPU.

    Args:
        m: Matrices of any scale.

    Returns:
        The orthogonal matrices, and where ``m`` was degenerate: columns so short or so nearly
        dependent that no frame can be read off them. There the matrix returned is the identity,
        and no gradient flows.
    """
    a, b, c = _columns(m)
    u = a
    v = b - _dot(b, u) * u
    plane = _length(v)
    v = v / plane
    v = v - _dot(v, u) * u  # once more: the first time loses digits where a and b are close
    v = v / _length(v)
    normal = torch.linalg.cross(u, v)
    height = _dot(c, normal)
    w = torch.where(height >= 0, normal, -normal)
    shortest = torch.cat([_length(a), plane, height.abs()], dim=-1).amin(-1)
    degenerate = ~(shortest > 8 * torch.finfo(m.dtype).eps)  # a NaN is degenerate too
    frame = torch.stack([u, v, w], dim=-1)
    eye = torch.eye(3, dtype=m.dtype, device=m.device)
    return torch.where(degenerate[..., None, None], eye, frame), degenerate


def _columns(m: Float[Tensor, "*batch 3 3"]) -> tuple[Tensor, Tensor, Tensor]:
    """The columns at length 1; one of zeros stays so, as do all where an entry is not finite."""
    m = torch.where(m.isfinite().all((-2, -1), keepdim=True), m, 0.0)
    scale = m.detach().abs().amax(-2, keepdim=True)  # of each column, lest a short one underflow
    a, b, c = (m / torch.where(scale > 0, scale, 1.0)).unbind(-1)
    return a / _length(a), b / _length(b), c / _length(c)


def _dot(a: Float[Tensor, "*batch 3"], b: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 1"]:
    return (a * b).sum(-1, keepdim=True)


def _length(a: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 1"]:
    """The length, with a tiny number in place of zero, so that it divides and has a gradient."""
    square = a.square().sum(-1, keepdim=True)
    tiny = torch.finfo(a.dtype).tiny
    return torch.where(square > tiny, square, tiny).sqrt()
